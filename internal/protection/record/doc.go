// Package record is what the tables of the room of protection do alike: a row that belongs to a case
// and a person, with clear columns for work lists and statistics, and one sealed column for each class
// of what identifies or endangers the person. A sealed column holds one JSON document of all fields of
// that class. Every change seals, commits to what it sealed in the ledger, keeps the version before it
// and refuses a writer who saw an older one; nothing that two people wrote is lost.
//
// A [Table] describes the columns. Rows are written with Insert, Update and Remove in the caller's
// transaction, and read with Find and Get. What is sealed is opened for a whole page at once with a
// [Reading]: one question to the vault, one set of entries. [Table.Guard] makes the vault check the
// rows and erase them with their person.
//
// Trust: this package judges nobody. Who may read or write a case is asked of package casefile before,
// and of the vault at each opening. The history is sealed as the rows are and goes with the person; a
// row of history that is removed outside the program does not show.
package record
