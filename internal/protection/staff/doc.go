// Package staff looks after those who help: who is out on a visit and is missed when they do not come
// back, who was threatened, by which name they are known outside, and how much of it is too much.
//
// Limits of work warn and never block: a person in need is not turned away because somebody has read too
// much that week. Who answers for the service sets them. What somebody has read in a week is shown to that
// worker alone; whoever gives a case away sees who has many cases already, without a number.
//
// Trust: a visit says in clear who is out and until when; where is sealed under the key of the person who
// is visited. A threat is sealed under the key of the person in whose case it came.
package staff
