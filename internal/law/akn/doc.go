// Package akn reads and writes a subset of Akoma Ntoso 3.0 (OASIS 2018): acts and their parts, with the
// identifiers of the naming convention.
//
// The subset: act, bill, doc and statement with meta and body or mainBody; book, part, title, chapter, section,
// article, paragraph, point, list, hcontainer and their kin; num, heading, intro, content, wrapUp, p, ref,
// authorialNote and table. What else a file holds is kept as text and named in [Document.Unknown], never
// dropped. [Write] gives the same bytes for the same document, and [Read] of these gives the document back.
//
// Trust: files come from anywhere. Document types and entities are refused before anything is expanded; size,
// depth and the number of elements are bounded; nothing is fetched.
package akn
