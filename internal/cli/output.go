package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/fourfold/fourfold/internal/fault"
)

// outFlags say where a file goes.
type outFlags struct {
	Out   string `short:"o" placeholder:"FILE" help:"File to write. Default: standard output."`
	Force bool   `help:"Replace the file if it exists."`
}

// write runs produce on the file, or on standard output. The file appears whole or not at all.
func (f outFlags) write(r *run, produce func(io.Writer) error) error {
	if f.Out == "" {
		b := bufio.NewWriter(r.out)
		return errors.Join(produce(b), b.Flush())
	}
	if _, err := os.Lstat(f.Out); err == nil && !f.Force {
		return fault.New(fault.Conflict, "%s exists already.", f.Out).WithHint("Choose another name, or replace it with --force.")
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return cannotWrite(f.Out, err)
	}
	return writeFile(f.Out, produce)
}

// writeFile writes beside path and renames at the end.
func writeFile(path string, produce func(io.Writer) error) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".fourfold-*")
	if err != nil {
		return cannotWrite(path, err)
	}
	defer func() {
		if err != nil {
			_ = tmp.Close()
			_ = os.Remove(tmp.Name())
		}
	}()
	b := bufio.NewWriter(tmp)
	if err := produce(b); err != nil {
		return err
	}
	if err := errors.Join(b.Flush(), tmp.Sync(), tmp.Close()); err != nil {
		return cannotWrite(path, err)
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return cannotWrite(path, err)
	}
	return nil
}

func cannotWrite(path string, cause error) error {
	return fault.New(fault.Unavailable, "%s cannot be written.", path).
		WithHint("Check that the folder exists, that you may write there and that the disk is not full.").Wrap(cause)
}

// writeJSON writes v as indented JSON.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
