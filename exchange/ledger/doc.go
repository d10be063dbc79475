// Package ledger is Fourfold's transparency log: an append-only Merkle tree (RFC 6962 hashing) whose
// leaves show nothing in clear, with signed checkpoints, witnesses, tiles and proofs that anyone can
// check without a database, a network or this program's server.
//
// # What it promises
//
// Someone who holds a checkpoint can tell whether an entry is in the log ([Proof]), whether a later
// checkpoint extends an earlier one ([VerifyExtension]), and whether a published log is whole
// ([VerifyTiles]), and learns neither person, kind nor time from it. A leaf is a keyed commitment:
//
//	commitment = HMAC-SHA-256(salt, "fourfold/leaf/v1" ‖ canonical entry)     32 bytes
//	leaf hash  = SHA-256(0x00 ‖ commitment)                                   RFC 6962 section 2.1
//
// Each salt is 32 random bytes and belongs to one entry. Whoever has salt and entry can show that the
// leaf commits to it; whoever destroys the salt has destroyed the link, and the log stays intact.
//
// # What it does not promise
//
// Entries after the last checkpoint that a witness has cosigned are not protected from somebody who
// controls the node and its signing key. A log cannot show that an event was never entered.
//
// # Formats
//
// Checkpoints, cosignatures, tiles, witness requests and text proofs follow the C2SP specifications
// tlog-checkpoint, tlog-cosignature, tlog-tiles, tlog-witness and tlog-proof. Entries are canonical JSON
// (RFC 8785). What this version writes, later versions will read.
//
// The package reads no clock, opens no socket and keeps no state of its own; the only file it writes is a
// witness's state in [FileState].
package ledger
