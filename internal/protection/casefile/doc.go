// Package casefile is the case: who works on it, what is to be done, what was noted, and in which state
// its record is. Every other package of the room reaches a case through [Load] and [Lock], which judge
// who may: by the matrix, the assignment, exclusions of the person and the state of the record. Whoever
// may not gets the answer of what does not exist.
//
// The identifier of a case is the scope within which the vault opens what is sealed about its person;
// [Cases.Open] binds the two. A case has no stage of support or identification: those belong to packages
// of their own, and none of them is asked here.
//
// Trust: clear columns say that there is a case, since when, by which way it came, and who works on it.
// Whoever reads the database knows these.
package casefile
