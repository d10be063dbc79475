package cli

import (
	"cmp"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/fault"
)

// dataDir is the data folder: the one that was named, else the one that was chosen in the wizard,
// else the user's own place for such things.
func (r *run) dataDir() (string, error) {
	if r.globals.Data != "" {
		return r.globals.Data, nil
	}
	if chosen := rememberedFolder(); chosen != "" {
		return chosen, nil
	}
	dir, err := defaultDataDir(runtime.GOOS, os.Getenv, os.UserHomeDir)
	if err != nil {
		return "", fault.New(fault.Invalid, "There is no folder for the node's files.").
			WithHint("Name one with --data.").Wrap(err)
	}
	return dir, nil
}

// defaultDataDir follows the customs of the system; they differ from those for settings.
func defaultDataDir(goos string, env func(string) string, home func() (string, error)) (string, error) {
	at := func(variable string, below ...string) (string, error) {
		if dir := env(variable); filepath.IsAbs(dir) {
			return dir, nil
		}
		dir, err := home()
		return filepath.Join(append([]string{dir}, below...)...), err
	}
	var base string
	var err error
	name := "fourfold"
	switch goos {
	case "windows":
		base, err = at("LocalAppData", "AppData", "Local")
		name = "Fourfold"
	case "darwin":
		base, err = at("", "Library", "Application Support")
		name = "Fourfold"
	default:
		base, err = at("XDG_DATA_HOME", ".local", "share")
	}
	return filepath.Join(base, name), err
}

// keyFile is the file of the key of an embedded database.
func keyFile(c app.Config) string {
	return cmp.Or(c.KeyFile, filepath.Join(c.Dir, "fourfold.key"))
}

// folderNote is the file that remembers where the wizard put the node, so that the next
// double-click and every command find it. It holds one path.
func folderNote() (string, error) {
	dir, err := os.UserConfigDir()
	return filepath.Join(dir, "fourfold", "folder"), err
}

func rememberedFolder() string {
	note, err := folderNote()
	if err != nil {
		return ""
	}
	text, err := os.ReadFile(note)
	if err != nil {
		return "" // nothing was remembered
	}
	if dir := strings.TrimSpace(string(text)); filepath.IsAbs(dir) {
		return dir
	}
	return ""
}

// rememberFolder notes a folder other than the usual one.
func rememberFolder(dir string) error {
	usual, err := defaultDataDir(runtime.GOOS, os.Getenv, os.UserHomeDir)
	if err == nil && usual == dir {
		return nil
	}
	note, err := folderNote()
	if err == nil {
		err = os.MkdirAll(filepath.Dir(note), 0o700)
	}
	if err == nil {
		err = os.WriteFile(note, []byte(dir+"\n"), 0o600)
	}
	if err != nil {
		return fault.New(fault.Unavailable, "The folder of the node could not be remembered.").
			WithHint("Start the program with --data %s from now on.", dir).Wrap(err)
	}
	return nil
}
