package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// lock is the whole lock file: which packages, and which of their files the repository carries.
type lock struct {
	Packages []lockedPackage `json:"packages"`
}

// lockedPackage is one package at one exact version.
type lockedPackage struct {
	Name      string       `json:"name"`
	Version   string       `json:"version"`
	Integrity string       `json:"integrity"` // "sha512-" and the base64 of the archive's SHA-512
	Licence   string       `json:"licence"`   // SPDX identifier
	Use       string       `json:"use"`       // why the repository carries it
	Files     []lockedFile `json:"files"`
}

// lockedFile is one file taken out of a package, unchanged.
type lockedFile struct {
	From   string `json:"from"`   // path inside the package
	To     string `json:"to"`     // path inside the repository, with forward slashes
	SHA256 string `json:"sha256"` // lower-case hex of the file's bytes
}

// readLock reads and checks a lock file. Unknown fields are refused, so that a misspelt one cannot
// silently switch a check off.
func readLock(name string) (lock, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return lock{}, fmt.Errorf("read the lock file: %w", err)
	}
	var l lock
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&l); err != nil {
		return lock{}, fmt.Errorf("%s: %w", name, err)
	}
	if err := l.check(); err != nil {
		return lock{}, fmt.Errorf("%s: %w", name, err)
	}
	return l, nil
}

// check refuses a lock that could write outside the repository, or that leaves a file unproved.
func (l lock) check() error {
	if len(l.Packages) == 0 {
		return errors.New("the lock names no package")
	}
	seen := map[string]bool{}
	for _, p := range l.Packages {
		if err := p.check(); err != nil {
			return err
		}
		for _, f := range p.Files {
			if seen[f.To] {
				return fmt.Errorf("%s: %s is written twice", p, f.To)
			}
			seen[f.To] = true
		}
	}
	return nil
}

func (p lockedPackage) check() error {
	if p.Name == "" || p.Version == "" || p.Licence == "" {
		return fmt.Errorf("package %q: name, version and licence are all required", p.Name)
	}
	if strings.HasPrefix(p.Name, "-") || strings.ContainsAny(p.Version, "^~*<> ") {
		return fmt.Errorf("%s: an exact package and version is required", p)
	}
	if _, err := p.digest(); err != nil {
		return err
	}
	if len(p.Files) == 0 {
		return fmt.Errorf("%s: no file is taken from it", p)
	}
	licensed := false
	for _, f := range p.Files {
		if !filepath.IsLocal(filepath.FromSlash(f.To)) || f.From == "" {
			return fmt.Errorf("%s: file %q to %q: both must be named, and stay inside the repository", p, f.From, f.To)
		}
		if sum, err := hex.DecodeString(f.SHA256); err != nil || len(sum) != 32 {
			return fmt.Errorf("%s: %s: sha256 must be 64 hex digits", p, f.To)
		}
		licensed = licensed || strings.Contains(strings.ToUpper(f.From), "LICENSE")
	}
	if !licensed {
		return fmt.Errorf("%s: its licence text must be kept beside its files", p)
	}
	return nil
}

// digest returns the 64 bytes that the archive's SHA-512 must equal.
func (p lockedPackage) digest() ([]byte, error) {
	text, ok := strings.CutPrefix(p.Integrity, "sha512-")
	sum, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil || len(sum) != 64 {
		return nil, fmt.Errorf("%s: integrity must be sha512- and 64 bytes in base64", p)
	}
	return sum, nil
}

// String is the package as npm writes it: name@version.
func (p lockedPackage) String() string { return p.Name + "@" + p.Version }
