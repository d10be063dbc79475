package script

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Stored tokens are made of these answers. When one of them changes, NameVersion has to be
// raised before the digest here is, or tokens made before and after do not meet.
func TestNameVersion(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	unseen, err := filepath.Glob("testdata/unseen/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.New()
	for _, file := range append(files, unseen...) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for name := range strings.FieldsSeq(string(text)) {
			for _, p := range NameParts(name) {
				sum.Write([]byte(p + " " + Latin(p) + " " + Skeleton(p) + " " + strings.Join(Deletions(p), " ") + "\n"))
			}
		}
	}
	const version, digest = 1, "42f24ae99746d60b"
	if got := hex.EncodeToString(sum.Sum(nil)[:8]); got != digest || NameVersion != version {
		t.Errorf("version %d gives %s, noted is version %d with %s", NameVersion, got, version, digest)
	}
}
