package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// ledgerCmd looks after the ledger, and lets another machine witness it.
type ledgerCmd struct {
	Checkpoint ledgerCheckpoint `cmd:"" help:"Write what a witness is asked to sign."`
	Accept     ledgerAccept     `cmd:"" help:"Take in the signature of a witness."`
	Witness    ledgerWitness    `cmd:"" help:"Count the signatures of a witness."`
	Key        ledgerKey        `cmd:"" help:"Print the public key of the log."`
	Export     ledgerExport     `cmd:"" help:"Write the log as tiles that anybody can verify."`
	Prove      ledgerProve      `cmd:"" help:"Write the proof that an entry is in the log."`
	WitnessKey ledgerWitnessKey `cmd:"" help:"On a witness's machine: make its key."`
	Cosign     ledgerCosign     `cmd:"" help:"On a witness's machine: sign a checkpoint."`
}

// Help is the long help of the commands.
func (ledgerCmd) Help() string {
	return `The node signs the state of its ledger each minute. A witness on another machine that signs the same state makes sure that the past cannot be rewritten without it showing, not even by somebody with every right on the node.

  witness:  fourfold ledger witness-key --name shelter.example witness.key
  node:     fourfold ledger witness KEY-THAT-WAS-PRINTED
  node:     fourfold ledger key > log.key
  node:     fourfold ledger checkpoint request.txt
  witness:  fourfold ledger cosign --key witness.key --state seen --log log.key request.txt signed.txt
  node:     fourfold ledger accept signed.txt

The files show no person, no kind of act and no time of one.`
}

// ledgerCheckpoint writes an add-checkpoint request (C2SP tlog-witness).
type ledgerCheckpoint struct {
	File    string `arg:"" optional:"" type:"path" help:"File to write. Default: standard output."`
	Now     bool   `help:"Sign the present state first, without waiting for the clock."`
	Witness string `placeholder:"NAME" help:"Witness who will be asked. Default: the one who signed last."`
	Old     int64  `default:"-1" placeholder:"N" help:"Size that the witness says it has seen."`
}

// Run writes the request.
func (c *ledgerCheckpoint) Run(r *run) error {
	do := func(n node) error {
		org := string(n.actor.Org)
		if c.Now {
			if err := n.Ledger.Flush(r.ctx, org); err != nil {
				return err
			}
			if err := n.Ledger.Checkpoint(r.ctx, org); err != nil {
				return err
			}
		}
		return n.DB.Read(r.ctx, func(tx *db.Tx) error {
			request, err := audit.Request(r.ctx, tx, org, c.Witness, c.Old)
			if err != nil {
				return err
			}
			return r.writeOut(c.File, request.Format())
		})
	}
	if c.Now {
		return r.unlocked(do)
	}
	return r.withNode(do)
}

// writeOut writes to a file, or to standard output when none is named.
func (r *run) writeOut(path string, data []byte) error {
	if path == "" {
		_, err := r.out.Write(data)
		return err
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return cannotWrite(path, err)
	}
	return nil
}

// ledgerAccept stores a cosigned checkpoint.
type ledgerAccept struct {
	File string `arg:"" type:"path" help:"Checkpoint with the signature of a witness."`
}

// Run checks and stores it.
func (c *ledgerAccept) Run(r *run) error {
	signed, err := readInput(c.File)
	if err != nil {
		return err
	}
	return r.withNode(func(n node) error {
		return n.DB.WriteUnaudited(r.ctx, "the signature of a witness on what was audited", func(tx *db.Tx) error {
			by, err := audit.Accept(r.ctx, tx, string(n.actor.Org), signed)
			if err == nil {
				fmt.Fprintln(r.out, r.words.T("Signed by %s.", signers(by)))
			}
			return err
		})
	})
}

// ledgerWitness adds a witness.
type ledgerWitness struct {
	Key string `arg:"" help:"Public key of the witness, or a file with it."`
}

// Run adds it.
func (c *ledgerWitness) Run(r *run) error {
	key, err := keyText(c.Key)
	if err != nil {
		return err
	}
	return r.withNode(func(n node) error {
		return n.DB.Write(r.ctx, func(tx *db.Tx) error {
			name, err := audit.AddWitness(r.ctx, tx, entryOf(n.actor), key)
			if err == nil {
				fmt.Fprintln(r.out, r.words.T("Signatures of %s count from now on.", name))
			}
			return err
		})
	})
}

// ledgerKey prints the key of the log.
type ledgerKey struct{}

// Run prints it.
func (ledgerKey) Run(r *run) error {
	return r.withNode(func(n node) error {
		return n.DB.Read(r.ctx, func(tx *db.Tx) error {
			s, err := audit.State(r.ctx, tx, string(n.actor.Org))
			if err == nil && s.Verifier == "" {
				err = fault.New(fault.NotFound, "There is no checkpoint yet.").
					WithHint("Start the node and wait a minute, or run \"fourfold ledger checkpoint --now\".")
			}
			if err == nil {
				fmt.Fprintln(r.out, s.Verifier)
			}
			return err
		})
	})
}

// ledgerExport writes the published form of the log.
type ledgerExport struct {
	Dir string `arg:"" type:"path" help:"New or empty folder."`
}

// Run writes it.
func (c *ledgerExport) Run(r *run) error {
	if found, err := os.ReadDir(c.Dir); err == nil && len(found) > 0 {
		return fault.New(fault.Conflict, "The folder %s holds something else already.", c.Dir).WithHint("Name a new folder.")
	}
	return r.withNode(func(n node) error {
		return n.DB.Read(r.ctx, func(tx *db.Tx) error {
			return audit.Publish(r.ctx, tx, string(n.actor.Org), func(path string, data []byte) error {
				file := filepath.Join(c.Dir, filepath.FromSlash(path))
				if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
					return cannotWrite(file, err)
				}
				if err := os.WriteFile(file, data, 0o600); err != nil {
					return cannotWrite(file, err)
				}
				return nil
			})
		})
	})
}

// ledgerProve writes the proof of an entry (C2SP tlog-proof).
type ledgerProve struct {
	Entry string `arg:"" help:"Identifier of the entry."`
	File  string `arg:"" optional:"" type:"path" help:"File to write. Default: standard output."`
}

// Run checks the proof and writes it.
func (c *ledgerProve) Run(r *run) error {
	return r.withNode(func(n node) error {
		return n.DB.Read(r.ctx, func(tx *db.Tx) error {
			p, err := audit.Prove(r.ctx, tx, string(n.actor.Org), strings.TrimSpace(c.Entry))
			if err == nil {
				err = p.Check()
			}
			if err != nil {
				return err
			}
			return r.writeOut(c.File, p.Format())
		})
	})
}
