// Package standard takes cases in from files of other programs, and gives them out: the Human Trafficking
// Case Data Standard (HTCDS) 0.1 to 2.0 and the dictionary of the Counter-Trafficking Data Collaborative
// (CTDC). What no column of the other side can hold is never dropped in silence: each record comes with its
// losses, [Loss], that say where, what and how to mend.
//
// Fields that no other package of the room has are extension fields: a [Set] defines them as data, with
// type, class, languages, conditions and their places in standards. Fields of names, birth, languages and
// the like go to package person, so that nobody asks again and a search finds them.
//
// Trust: a file is not trusted at all. It is read twice: the first time to the end, with nothing written;
// a file that is damaged writes nothing. What it says about a consent permits nothing here. Codes that
// identify nobody stand in clear, for counting; everything else is sealed.
package standard
