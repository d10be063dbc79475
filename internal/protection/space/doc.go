// Package space is a person's own page: what the file says of them, who has looked, what they agreed to
// and can take back, when they are expected, and a way to say something to us, or to somebody above us.
//
// They come in with a slip and a word. The number on the slip has 137 random bits; it stands nowhere but on
// the paper. Of the word the node keeps a hash together with the number, so that a copy of the database lets
// nobody guess either. A number that does not exist, a wrong word and a slip that was revoked get one answer
// at one time; see [beat.Schedule]. A second word opens a page on which nothing stands, and tells those who work
// on the case.
//
// Trust: whoever has the slip and knows the word is the person. Whoever has the slip alone may guess ten
// times an hour and a hundred times in all, and can keep its owner out while they do so; the case is told.
// Somebody without the slip can do nothing to it. What the page shows never holds a place, a facility or
// somebody else; what is opened for it, the vault opens as it does for everybody, with an entry.
package space
