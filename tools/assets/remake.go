package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
)

// maxFile bounds one unpacked file: the largest we carry is under 1 MB.
const maxFile = 8 << 20

// fetcher returns the archive (a gzipped tar) of a package.
type fetcher func(ctx context.Context, p lockedPackage) ([]byte, error)

// asset is one re-made file.
type asset struct {
	to   string
	data []byte
}

// fetchNPM has npm download one package into a temporary folder that is removed again.
func fetchNPM(ctx context.Context, p lockedPackage) ([]byte, error) {
	dir, err := os.MkdirTemp("", "fourfold-assets-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	cmd := exec.CommandContext(ctx, "npm", "pack", "--ignore-scripts", "--loglevel=error", p.String())
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("npm pack %s: %w (npm is needed for this check; it said: %s)", p, err, strings.TrimSpace(stderr.String()))
	}
	archives, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil || len(archives) != 1 {
		return nil, fmt.Errorf("npm pack %s left %d archives, expected one", p, len(archives))
	}
	return os.ReadFile(archives[0])
}

// remake fetches every locked package and returns the files taken from them, in the lock's order,
// each proved against the lock.
func remake(ctx context.Context, l lock, fetch fetcher) ([]asset, error) {
	var made []asset
	for _, p := range l.Packages {
		archive, err := fetch(ctx, p)
		if err != nil {
			return nil, err
		}
		want, err := p.digest()
		if err != nil {
			return nil, err
		}
		if got := sha512.Sum512(archive); !bytes.Equal(got[:], want) {
			return nil, fmt.Errorf("%s: the archive's SHA-512 is not the locked one: do not use it", p)
		}
		files, err := unpack(archive)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
		for _, f := range p.Files {
			data, ok := files[f.From]
			if !ok {
				return nil, fmt.Errorf("%s holds no file %s", p, f.From)
			}
			if got := sum(data); got != f.SHA256 {
				return nil, fmt.Errorf("%s: %s has sha256 %s, the lock says %s", p, f.From, got, f.SHA256)
			}
			made = append(made, asset{to: f.To, data: data})
		}
	}
	return made, nil
}

// unpack reads the regular files of an npm archive, keyed by their path below its top folder.
func unpack(archive []byte) (map[string][]byte, error) {
	zipped, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	files := map[string][]byte{}
	for entries := tar.NewReader(zipped); ; {
		head, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, fmt.Errorf("unpack: %w", err)
		}
		if head.Typeflag != tar.TypeReg {
			continue
		}
		_, name, ok := strings.Cut(path.Clean(head.Name), "/")
		if !ok {
			continue
		}
		if head.Size > maxFile {
			continue // nothing we carry is that large, and remake says so when a lock asks for one
		}
		if files[name], err = io.ReadAll(entries); err != nil {
			return nil, fmt.Errorf("unpack %s: %w", name, err)
		}
	}
}

// compare reports every file of the repository that differs from the re-made one.
func compare(root string, made []asset, out io.Writer) error {
	var bad []error
	for _, a := range made {
		have, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(a.to)))
		switch {
		case err != nil:
			bad = append(bad, err)
		case !bytes.Equal(have, a.data):
			bad = append(bad, fmt.Errorf("%s differs from the locked package (sha256 %s, expected %s)", a.to, sum(have), sum(a.data)))
		default:
			fmt.Fprintf(out, "same  %8d bytes  %s\n", len(have), a.to)
		}
	}
	return errors.Join(bad...)
}

// write puts the re-made files into the repository.
func write(root string, made []asset, out io.Writer) error {
	for _, a := range made {
		name := filepath.Join(root, filepath.FromSlash(a.to))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, a.data, 0o644); err != nil {
			return err
		}
		fmt.Fprintf(out, "wrote %8d bytes  %s\n", len(a.data), a.to)
	}
	return nil
}

func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}
