// Package blind finds people by name, number and year of birth in an index that shows neither.
//
// A name is cut into parts ([script.NameParts]). Each part becomes the part itself, what is left of it
// without one letter, and its skeleton, alone and with the year of birth, by bands of eight years;
// documents and phones are taken whole. Of two Han characters each is taken out in turn too. Nothing else is indexed: no n-grams, and no date, place, sex or nationality. Every such
// term becomes a token, its HMAC under a key of the organisation's index, the kind of term and the
// version of the normaliser. A token is stored nowhere. It is the key of a list: the n-th reference of
// the list stands, sealed, under a label that is a pseudo-random function of token and n. Whoever has
// no index key sees noise in rows of few sizes, none of them beside a person.
//
// The first eight references of a list are cells of 21 bytes, gathered in buckets of about forty that
// the label chooses; the rest are blocks of two sizes. A reference holds, sealed, a slot, which is a
// random number of the person, the years of birth, and whether a letter was taken out. The first cell
// holds besides how many blocks follow, and whether somebody in the list has no known year of birth. Tokens of a person are filled up to a multiple of 64, so that their number does not tell
// the length of a name. [Index.Put] writes only a note, sealed under the person's own key; the cells
// follow when [Index.Merge] brings in several persons at once. Building anew ([Index.Reindex]) sorts
// everything by label.
//
// # What it shows, and to whom
//
// Somebody with every byte of the database, and no key, learns: how many people are in an index; how
// many postings they have together, rounded per person; how many cells and blocks of each size there
// are, thus how long lists are on the whole; that a person has a note of one size or the next; who
// waits to be merged; and when each account searched in the last day. Not: which list is whose, who
// shares a name with whom, how common anybody's name is. TestKeylessAttack tries.
//
// Somebody who also compares two states of the database from before and after a merge, or reads old
// pages that the engine has not overwritten, learns which rows changed, so how many of the names that
// came in between are, together, in long lists: roughly, whether these people have common names. With
// few newcomers in a merge that is little short of one person's.
//
// Somebody who watches the memory of the process, or its reading of the disk during a search, learns
// which rows a search touched, and that the same search was made again.
//
// Somebody with the database and the organisation's index key, which the keyring holds, can try names:
// every guess tells who has it and when they were born, as long as the person is indexed, and in old copies of the database
// also afterwards; changing an organisation's index key is not built. Erasure removes a person's cells here at once;
// what stands in an old backup can be asked about, but not read out: there is no text in it.
//
// Rows are authenticated: an altered cell passes with a chance of 2 to the power of -55, an altered
// block less, and both are told as damage, as is a block that is gone. A row put back to an earlier state is not noticed; it names
// persons who were there then, and who are gone since are nobody.
//
// # Trust
//
// A search asks for a purpose and a case, is counted and recorded before it is answered, and answers
// with identifiers only. Whether the case is the actor's own is [auth.MayOpen]'s to say. A search
// without a case alarms those whom the organisation has named for it, and is refused when nobody is.
package blind
