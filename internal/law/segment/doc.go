// Package segment divides the text of a law into its parts: containers (part, chapter, section), articles,
// paragraphs and points, provisos, explanations and schedules.
//
// A law is read line by line with the words of its language ([Languages]). Nothing is dropped: every line
// that is not blank belongs to exactly one node, and a line that looks like the beginning of a part but fits
// nowhere stays in the text where it stood and is listed in [Tree.Unmatched], for repair by hand. Whether (i)
// is a letter or a Roman one follows from what stood before it and what comes next. What an amending act
// quotes stays text.
//
// Trust: any bytes may come in. Decode refuses what is no text and says where; Split panics on nothing, and
// runs in time linear in the text. The result is a draft: a person reads it before anybody relies on it.
package segment
