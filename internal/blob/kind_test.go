package blob_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"testing"

	"github.com/fourfold/fourfold/internal/blob"
)

// jpegOf is a picture of about n bytes with a place in its comment.
func jpegOf(t testing.TB, n int) []byte {
	t.Helper()
	side := 64
	for {
		img := image.NewGray(image.Rect(0, 0, side, side))
		rng := rand.New(rand.NewPCG(3, 4))
		for i := range img.Pix {
			img.Pix[i] = byte(rng.IntN(256))
		}
		var b bytes.Buffer
		if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
			t.Fatal(err)
		}
		if b.Len() >= n {
			note := "\xFF\xFE\x00\x14" + "51.5N 0.1W invent."
			return append([]byte(b.String()[:2]+note), b.Bytes()[2:]...)
		}
		side += side / 4
	}
}

// What a file is shows in its bytes, whatever it is called.
func TestKindByContent(t *testing.T) {
	files := map[string]struct {
		content  []byte
		kind     string
		metadata blob.Metadata
	}{
		"letter.pdf":  {jpegOf(t, 1000), "image/jpeg", blob.Stripped},
		"photo.jpg":   {[]byte("%PDF-1.7\n1 0 obj\n<< /Author (invented) >>\nendobj\n"), "application/pdf", blob.Kept},
		"notes.exe":   {[]byte("just words\nand more words\n"), "text/plain", blob.None},
		"page.txt":    {[]byte("<!DOCTYPE html><script>alert(1)</script>"), "text/html", blob.Kept},
		"broken.jpg":  {append(jpegOf(t, 1000)[:600:600], bytes.Repeat([]byte{0}, 50)...), "image/jpeg", blob.Kept},
		"program.png": {append([]byte("\x7fELF\x02\x01\x01"), make([]byte, 100)...), "application/x-elf", blob.Kept},
	}
	everyStore(t, func(t *testing.T, h *house) {
		for _, name := range sorted(files) {
			f := files[name]
			a := h.keep(h.worker, "person-1", name, f.content)
			got, c, err := h.read(h.worker, a.ID)
			if err != nil || c.Kind != f.kind || a.Metadata != f.metadata || c.Metadata != f.metadata {
				t.Errorf("%s: %s, %s: %v", name, c.Kind, a.Metadata, err)
			}
			if f.metadata == blob.Stripped && bytes.Contains(got, []byte("51.5N")) {
				t.Errorf("%s: the place is still there", name)
			}
			if f.metadata != blob.Stripped && !bytes.Equal(got, f.content) {
				t.Errorf("%s was changed", name)
			}
		}
		if n := len(h.names()); n != len(files) {
			t.Errorf("%d files for %d attachments", n, len(files))
		}
	})
}
