package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/keyring"
	"github.com/fourfold/fourfold/internal/vault/nodekey"
)

const (
	// phraseFile names the variable with the file of the pass phrase.
	phraseFile = "FOURFOLD_NODE_PASSPHRASE_FILE"
	// credentials names the variable in which systemd passes the folder of a service's secrets, and
	// the two names that the program looks for in it.
	credentials      = "CREDENTIALS_DIRECTORY"
	keyCredential    = "node.key"
	phraseCredential = "node.passphrase"
)

// handedOver is the node key that the service manager hands over, or nil.
func handedOver(dir string) vault.KeySource {
	if dir == "" {
		return nil
	}
	if _, err := os.Stat(filepath.Join(dir, keyCredential)); err != nil {
		return nil
	}
	return nodekey.Credential{Dir: dir, Name: keyCredential}
}

// keyring is where the keys of persons are kept, nil for the file in the data folder.
func (r *run) keyring(dir string) (keyring.Medium, error) {
	where := r.globals.Keyring
	switch {
	case where == "":
		return nil, nil
	case !strings.Contains(where, "://"):
		return keyring.File{Path: where}, nil
	}
	// It is open as long as the program runs.
	d, err := db.Open(r.ctx, db.Config{URL: where, Clock: r.clock})
	if err != nil {
		return nil, fault.New(fault.Unavailable, "The database of the keyring cannot be opened.").
			WithHint("Check --keyring. It names a database of its own, in no backup of the data.").Wrap(err)
	}
	return keyring.Table{DB: d}, nil
}

// errNobody says that a pass phrase is needed and nobody can be asked for it.
var errNobody = errors.New("nobody to ask for the pass phrase")

// phrase is the pass phrase of the node key: from the file that was named, from the service manager, or
// from the terminal.
func (r *run) phrase(ctx context.Context) (private.Text, error) {
	if path := os.Getenv(phraseFile); path != "" {
		return readPhrase(path, true)
	}
	if dir := os.Getenv(credentials); dir != "" {
		path := filepath.Join(dir, phraseCredential)
		if _, err := os.Stat(path); err == nil {
			return readPhrase(path, false)
		}
	}
	return r.ask(ctx, r.words.T("Pass phrase of the node key:"))
}

// readPhrase reads a pass phrase from a file. With closed, one that other users can read is refused.
func readPhrase(path string, closed bool) (private.Text, error) {
	in, err := os.Open(path)
	if err != nil {
		return private.Text{}, fault.New(fault.Invalid, "The file %s of the pass phrase cannot be read.", path).Wrap(err)
	}
	defer func() { _ = in.Close() }()
	info, err := in.Stat()
	if err == nil && closed && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return private.Text{}, fault.New(fault.Invalid, "The file %s of the pass phrase can be read or changed by other users.", path).
			WithHint("Close it with: chmod 600 %s", path)
	}
	text, err := io.ReadAll(io.LimitReader(in, 4<<10))
	if err != nil {
		return private.Text{}, fault.New(fault.Invalid, "The file %s of the pass phrase cannot be read.", path).Wrap(err)
	}
	defer clear(text)
	return private.New(strings.TrimRight(string(text), "\r\n")), nil
}

// ask asks for something secret on the terminal and does not show what is typed.
func (r *run) ask(ctx context.Context, question string) (private.Text, error) {
	f, ok := r.in.(*os.File)
	if !ok || !terminal(f) {
		return private.Text{}, fault.New(fault.Unavailable, "The node key is locked by a pass phrase, and nobody can be asked for it here.").
			WithHint("Type it with \"fourfold vault unlock\" while the node runs, or name its file in %s.", phraseFile).Wrap(errNobody)
	}
	restore, err := silence(f)
	if err != nil {
		return private.Text{}, fault.New(fault.Unavailable, "The terminal would show what is typed.").Wrap(err)
	}
	defer restore()
	fmt.Fprint(r.err, question, " ")
	defer fmt.Fprintln(r.err)
	type answer struct {
		line string
		err  error
	}
	typed := make(chan answer, 1)
	go func() {
		line, err := bufio.NewReader(f).ReadString('\n')
		typed <- answer{line, err}
	}()
	select {
	case <-ctx.Done():
		return private.Text{}, context.Cause(ctx)
	case a := <-typed:
		if a.err != nil {
			return private.Text{}, fault.New(fault.Invalid, "The pass phrase is empty.").Wrap(a.err)
		}
		return private.New(strings.TrimRight(a.line, "\r\n")), nil
	}
}

// askTwice asks for a new pass phrase until it is typed twice alike, at most three times. An empty one
// means none.
func (r *run) askTwice(ctx context.Context) (private.Text, error) {
	for range 3 {
		one, err := r.ask(ctx, r.words.T("New pass phrase (empty for none):"))
		if err != nil {
			return private.Text{}, err
		}
		again, err := r.ask(ctx, r.words.T("The same again:"))
		if err != nil {
			return private.Text{}, err
		}
		if one.Reveal("compare") == again.Reveal("compare") {
			return one, nil
		}
		fmt.Fprintln(r.err, r.words.T("The two differ."))
	}
	return private.Text{}, fault.New(fault.Invalid, "The two pass phrases differ.")
}
