// Package lawdiff shows what changed between two versions of a law.
//
// [Align] says which provision became which: unchanged, changed, renumbered, moved, split, merged, added or removed.
// [Words] compares two texts word by word with the fewest words taken out and put in (E. W. Myers, An O(ND) difference
// algorithm and its variations, Algorithmica 1, 1986, in linear space). Where several answers are equally short, a change
// stands as near to the beginning as it can, so that a provision by itself and the whole law give the same answer.
//
// The package reads no file and keeps nothing. What it shows is a comparison of texts, not of what they mean.
package lawdiff
