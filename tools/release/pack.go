package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// packed are the files, below the root of the tree, that the program embeds and reads through package
// internal/packed: the release embeds them compressed. What is not here goes in as it is.
var packed = []string{
	"internal/db/migrations/*.sql",
	"internal/i18n/locale/*.po",
	"internal/law/compendium/data/*.csv",
	"internal/profile/*/*.json",
	"internal/vocab/data/*.csv",
	"internal/web/css/*.css",
	"internal/web/js/*.js",
	"internal/web/static/*/*.js",
	"internal/web/templates/*.html",
}

// overlay writes compressed copies of the packed files to dir, and the list by which the go command
// takes them instead (its flag -overlay). It returns the path of the list.
func overlay(root, dir string) (string, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return "", err
	}
	instead := map[string]string{}
	for _, pattern := range packed {
		names, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		if err != nil || len(names) == 0 {
			return "", fmt.Errorf("%s has no file to compress: mend the list in tools/release: %w", pattern, err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				return "", err
			}
			small, err := pack(text)
			if err != nil {
				return "", err
			}
			instead[name] = filepath.Join(dir, strconv.Itoa(len(instead))+".gz")
			if err := os.WriteFile(instead[name], small, 0o600); err != nil {
				return "", err
			}
		}
	}
	list, err := json.Marshal(map[string]any{"Replace": instead})
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "overlay.json")
	return path, os.WriteFile(path, list, 0o600)
}

// pack compresses a text. The result depends on the text and the Go toolchain only.
func pack(text []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}
