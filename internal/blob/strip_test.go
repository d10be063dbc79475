package blob

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
)

// secret stands for a place, a serial number, a name: whatever a camera writes into a picture.
const secret = "51.5007N-0.1246W invented"

// picture has enough detail that a lost scan would show.
func picture() *image.Paletted {
	p := image.NewPaletted(image.Rect(0, 0, 70, 50), color.Palette{color.Black, color.White, color.RGBA{200, 30, 30, 255}, color.RGBA{20, 90, 200, 255}})
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range p.Pix {
		p.Pix[i] = byte(rng.IntN(4))
	}
	return p
}

func segment(marker byte, body string) []byte {
	out := []byte{0xFF, marker}
	return append(binary.BigEndian.AppendUint16(out, uint16(len(body)+2)), body...)
}

// exif is an Exif block with an orientation and a secret in a description.
func exif(order binary.AppendByteOrder, turn uint16) string {
	name := "MM\x00*"
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		name = "II*\x00"
	}
	b := append([]byte("Exif\x00\x00"), name...)
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 2)
	b = order.AppendUint16(order.AppendUint16(b, 0x010E), 2) // description, text
	b = order.AppendUint32(order.AppendUint32(b, uint32(len(secret))), 38)
	b = order.AppendUint16(order.AppendUint16(b, 0x0112), 3) // orientation, short
	b = order.AppendUint32(b, 1)
	b = order.AppendUint16(order.AppendUint16(b, turn), 0)
	return string(order.AppendUint32(b, 0)) + secret
}

// marked returns the picture in a format with the secret in every place we know of.
func marked(t *testing.T, kind string) []byte {
	t.Helper()
	var plain bytes.Buffer
	switch kind {
	case "image/jpeg":
		if err := jpeg.Encode(&plain, picture(), nil); err != nil {
			t.Fatal(err)
		}
		parts := [][]byte{
			plain.Bytes()[:2], segment(0xE0, "JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x01\x01abc"), segment(0xE1, exif(binary.LittleEndian, 6)),
			segment(0xE1, "http://ns.adobe.com/xap/1.0/\x00"+secret), segment(0xE2, "ICC_PROFILE\x00\x01\x01"+secret),
			segment(0xED, "Photoshop 3.0\x00"+secret), segment(0xFE, secret),
			{0xFF},
			plain.Bytes()[2:], []byte("ftyp film " + secret),
		}
		return slices.Concat(parts...)
	case "image/png":
		if err := png.Encode(&plain, picture()); err != nil {
			t.Fatal(err)
		}
		const head = 8 + 25 // signature and IHDR
		return slices.Concat(plain.Bytes()[:head], chunk("tEXt", "Comment\x00"+secret), chunk("iTXt", "XML:com.adobe.xmp\x00\x00\x00\x00\x00"+secret),
			chunk("eXIf", exif(binary.BigEndian, 3)[6:]), chunk("tIME", "\x07\xea\x01\x02\x03\x04\x05"), chunk("prVt", secret), plain.Bytes()[head:], []byte(secret))
	case "image/gif":
		second := picture()
		slices.Reverse(second.Pix)
		if err := gif.EncodeAll(&plain, &gif.GIF{Image: []*image.Paletted{picture(), second}, Delay: []int{5, 7}, LoopCount: 3}); err != nil {
			t.Fatal(err)
		}
		at := bytes.Index(plain.Bytes(), []byte("\x21\xFF\x0BNETSCAPE2.0"))
		note := "\x21\xFE" + string(rune(len(secret))) + secret + "\x00"
		app := "\x21\xFF\x0BXMP DataXMP" + string(rune(len(secret))) + secret + "\x00"
		return slices.Concat(plain.Bytes()[:at], []byte(note+app), plain.Bytes()[at:], []byte(secret))
	case "image/webp":
		body := slices.Concat([]byte("WEBP"), riff("VP8X", "\x3c\x00\x00\x00\x45\x00\x00\x31\x00\x00"), riff("ICCP", secret), riff("VP8L", "\x2f-a-picture-"), riff("EXIF", secret), riff("XMP ", secret))
		return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), append(body, secret...)...)
	}
	t.Fatalf("no picture of kind %s", kind)
	return nil
}

func chunk(kind, body string) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	out = append(append(out, kind...), body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

func riff(kind, body string) []byte {
	out := binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(body)))
	out = append(out, body...)
	return append(out, make([]byte, len(body)&1)...)
}

func TestStripKeepsThePictureOnly(t *testing.T) {
	for kind, strip := range strippers {
		t.Run(kind, func(t *testing.T) {
			before := marked(t, kind)
			if bytes.Count(before, []byte(secret)) < 3 {
				t.Fatal("the picture is not marked: the test would show nothing")
			}
			var after bytes.Buffer
			if err := strip(&after, bytes.NewReader(before)); err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(after.Bytes(), []byte("51.5")) {
				t.Error("the secret is still in the picture")
			}
			samePicture(t, kind, before, after.Bytes())
			// What was stripped is stripped: a second time changes nothing.
			var twice bytes.Buffer
			if err := strip(&twice, bytes.NewReader(after.Bytes())); err != nil || !bytes.Equal(twice.Bytes(), after.Bytes()) {
				t.Errorf("a second time: %v, %d bytes after %d", err, twice.Len(), after.Len())
			}
		})
	}
}

func samePicture(t *testing.T, kind string, before, after []byte) {
	t.Helper()
	switch kind {
	case "image/webp": // nothing here decodes it; the parts that make the picture are the same
		want := append([]byte("RIFF\x2a\x00\x00\x00WEBP"), slices.Concat(riff("VP8X", "\x10\x00\x00\x00\x45\x00\x00\x31\x00\x00"), riff("VP8L", "\x2f-a-picture-"))...)
		want[4] = byte(len(want) - 8)
		if !bytes.Equal(after, want) {
			t.Errorf("%q, want %q", after, want)
		}
	case "image/gif":
		a, err1 := gif.DecodeAll(bytes.NewReader(before))
		b, err2 := gif.DecodeAll(bytes.NewReader(after))
		if err1 != nil || err2 != nil || len(a.Image) != 2 || len(b.Image) != 2 || b.LoopCount != 3 || b.Delay[1] != 7 ||
			!bytes.Equal(a.Image[1].Pix, b.Image[1].Pix) || !bytes.Equal(a.Image[0].Pix, b.Image[0].Pix) {
			t.Errorf("the animation changed: %v %v", err1, err2)
		}
	default:
		a, _, err1 := image.Decode(bytes.NewReader(before))
		b, _, err2 := image.Decode(bytes.NewReader(after))
		if err1 != nil || err2 != nil || a.Bounds() != b.Bounds() {
			t.Fatalf("%v, %v", err1, err2)
		}
		for y := range a.Bounds().Dy() {
			for x := range a.Bounds().Dx() {
				if a.At(x, y) != b.At(x, y) {
					t.Fatalf("the picture changed at %d, %d", x, y)
				}
			}
		}
	}
}

// A picture that lies on its side still does: of all that the camera wrote, that stays.
func TestStripKeepsOrientation(t *testing.T) {
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for turn := range uint16(10) {
			out := orientationOnly([]byte(exif(order, turn)))
			if valid := turn >= 2 && turn <= 8; valid != (out != nil) {
				t.Errorf("orientation %d: %q", turn, out)
			} else if valid && orientation(out[len(exifHeader):]) != turn {
				t.Errorf("orientation %d became %d", turn, orientation(out[len(exifHeader):]))
			}
			if len(out) > 40 {
				t.Errorf("%d bytes for an orientation", len(out))
			}
		}
	}
}

// Whatever is cut off or turned over, a stripper says so or gives a picture without the secret; it
// never ends the program.
func TestStripMalformed(t *testing.T) {
	for kind, strip := range strippers {
		whole := marked(t, kind)
		for n := range len(whole) - len(secret) - 10 {
			if n%3 != 0 && n > 200 {
				continue
			}
			err := strip(io.Discard, bytes.NewReader(whole[:n]))
			if err != nil && !errors.Is(err, errMalformed) {
				t.Fatalf("%s cut after %d bytes: %v", kind, n, err)
			}
		}
	}
}

func FuzzStrip(f *testing.F) {
	kinds := []string{"image/jpeg", "image/png", "image/gif", "image/webp"}
	for i := range kinds {
		f.Add(i, []byte("\xFF\xD8\xFF\xE1\x00\x10Exif\x00\x00MM\x00*\x00\x00\x00\x08"))
		f.Add(i, []byte(pngSignature+"\x00\x00\x00\x0dIHDR"))
		f.Add(i, []byte("GIF89a\x01\x00\x01\x00\x80"))
		f.Add(i, []byte("RIFF\x20\x00\x00\x00WEBPVP8X"))
	}
	f.Fuzz(func(t *testing.T, which int, in []byte) {
		strip := strippers[kinds[uint(which)%4]]
		var out bytes.Buffer
		if err := strip(&out, bytes.NewReader(in)); err != nil {
			if !errors.Is(err, errMalformed) {
				t.Fatal(err)
			}
			return
		}
		if out.Len() > len(in)+64 {
			t.Fatalf("%d bytes became %d", len(in), out.Len())
		}
		var twice bytes.Buffer
		if err := strip(&twice, bytes.NewReader(out.Bytes())); err != nil || !bytes.Equal(out.Bytes(), twice.Bytes()) {
			t.Fatalf("a second time: %v", err)
		}
	})
}
