package credential

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"fmt"
	"image"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

// Codes of an app, RFC 6238: SHA-1, 30 seconds, six digits, because that is what every app makes.
const (
	codeStep   = 30 // seconds
	codeDigits = 6
	codeDrift  = 1 // steps by which a telephone's clock may be off
	codeSecret = 20
)

var codeOptions = hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

// newCodeSecret makes the secret of an app: 160 bits as base 32.
func newCodeSecret() string {
	raw := make([]byte, codeSecret)
	_, _ = rand.Read(raw)
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw)
}

// stepAt is the time step of an instant.
func stepAt(t time.Time) int64 { return t.Unix() / codeStep }

// codeAt makes the code of a step.
func codeAt(secret string, step int64) (string, error) {
	return hotp.GenerateCodeCustom(secret, uint64(step), codeOptions)
}

// matchCode returns the step of a code, which must be newer than last: each code is of use once. It
// compares with every step that could be, so that its time tells nothing.
func matchCode(secret, code string, now time.Time, last int64) (step int64, ok bool, err error) {
	for s := stepAt(now) - codeDrift; s <= stepAt(now)+codeDrift; s++ {
		want, err := codeAt(secret, s)
		if err != nil {
			return 0, false, fmt.Errorf("credential: make a code: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && s > last {
			step, ok = s, true
		}
	}
	return step, ok, nil
}

// cleanCode takes the spaces out of a typed code. ok tells that it has the form of an app's code.
func cleanCode(typed string) (code string, ok bool) {
	code = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u00a0' {
			return -1
		}
		return r
	}, typed)
	if len(code) != codeDigits {
		return code, false
	}
	return code, strings.Trim(code, "0123456789") == ""
}

// keyURL is what the picture for an app holds. The label is the sign-in number: an app shows it to
// whoever holds the telephone.
func keyURL(secret, number string) string {
	v := url.Values{"secret": {secret}, "issuer": {"Fourfold"}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {"30"}}
	return "otpauth://totp/" + url.PathEscape("Fourfold:"+number) + "?" + v.Encode()
}

// Square is a picture of dark and light modules, row by row, true for dark.
type Square [][]bool

// squareOf draws a key for the camera of a telephone.
func squareOf(keyURL string) (Square, error) {
	key, err := otp.NewKeyFromURL(keyURL)
	if err != nil {
		return nil, err
	}
	const drawn = 512 // wider than any key of ours has modules; the picture is scaled by a whole number
	img, err := key.Image(drawn, drawn)
	if err != nil {
		return nil, fmt.Errorf("credential: draw a key: %w", err)
	}
	return modules(img)
}

// modules reads the modules back from a scaled picture. In each upper corner stands a dark bar of
// seven modules, the first of which starts where the picture is dark on its diagonal.
func modules(img image.Image) (Square, error) {
	dark := func(x, y int) bool { r, _, _, _ := img.At(x, y).RGBA(); return r < 0x8000 }
	size, start := img.Bounds().Dx(), 0
	for start < size && !dark(start, start) {
		start++
	}
	end := start
	for end < size && dark(end, start) {
		end++
	}
	module := (end - start) / 7
	if module < 1 {
		return nil, errors.New("credential: a key without a picture")
	}
	n := (size - 2*start) / module // what is left over is less than a module
	if n < 21 || (n-17)%4 != 0 {
		return nil, fmt.Errorf("credential: a key of %d modules", n)
	}
	all := make(Square, n)
	for y := range all {
		all[y] = make([]bool, n)
		for x := range all[y] {
			all[y][x] = dark(start+x*module+module/2, start+y*module+module/2)
		}
	}
	return all, nil
}

// Path draws the dark modules as the data of one SVG path, one unit a module, with a margin of four.
func (s Square) Path() string {
	var b strings.Builder
	for y, row := range s {
		for x := 0; x < len(row); x++ {
			if !row[x] {
				continue
			}
			from := x
			for x < len(row) && row[x] {
				x++
			}
			fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", from+4, y+4, x-from, x-from)
		}
	}
	return b.String()
}

// Side is the side of the picture in units, margins included.
func (s Square) Side() int { return len(s) + 8 }
