// Package blob keeps attachments: photographs of documents, letters, recordings. Each is sealed in
// chunks under a random key of its own, which is sealed by the vault under the key of the person it
// belongs to, so that erasing the person makes every copy of the file noise.
//
// A file arrives in pieces that may be days apart: [Blobs.Begin], [Blobs.Append] as often as the line
// breaks, [Blobs.Finish]. What arrives is sealed at once, under a key that lives for two days and is in
// no backup. Finish looks at what it is by its first bytes, never by its name, and removes what a
// camera or a program has written into it about place, time, device and author. Pictures in JPEG, PNG,
// GIF and WebP can be stripped; everything else is kept as it is and marked [Kept], because opening
// and writing anew a document that may be evidence would change it. Memory does not grow with the
// file: two chunks and what a picture's header needs.
//
// The chunks lie in a [Store]: a folder beside an embedded database, or rows of a PostgreSQL database
// when several machines serve one node. They are durable before the row that names them is, so a row
// without its file cannot exist; a file without its row is removed by [Blobs.Sweep].
//
// Trust: whoever holds the store sees how many files there are, their length in steps of 4 KiB and when
// they came. Names, kinds, exact lengths and fingerprints are sealed. A picture may show a place that
// no program can remove.
package blob
