package linkage

import (
	"strings"
)

// parseDate reads a civil date and returns year·10000 + month·100 + day, or 0. It takes year first or
// last, with - / . or a space between, or eight digits with the year first; where the year is last, the
// day comes first unless it can only be the month. Months and days that do not exist are kept, since
// errors of typing are what is compared.
func parseDate(s string) int32 {
	var parts [3]int32
	var sizes [3]int
	n := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			if n == 3 {
				return 0
			}
			parts[n] = parts[n]*10 + int32(c-'0')
			if sizes[n]++; sizes[n] > 8 {
				return 0
			}
		case strings.IndexByte("-/. ", c) >= 0 && n < 3 && sizes[n] > 0:
			n++
		case c == 'T' && n == 2 && sizes[2] == 2:
			return pack(parts, sizes)
		default:
			return 0
		}
	}
	if n == 0 && sizes[0] == 8 {
		return parts[0]
	}
	if n != 2 || sizes[2] == 0 {
		return 0
	}
	return pack(parts, sizes)
}

func pack(parts [3]int32, sizes [3]int) int32 {
	year, month, day := parts[0], parts[1], parts[2]
	if sizes[2] == 4 && sizes[0] <= 2 {
		year, month, day = parts[2], parts[1], parts[0]
		if month > 12 && day <= 12 {
			month, day = day, month
		}
	} else if sizes[0] != 4 || sizes[2] > 2 {
		return 0
	}
	if sizes[1] > 2 {
		return 0
	}
	return year*10000 + month*100 + day
}

// plausibleDate says whether a date could be one of a living or historical person.
func plausibleDate(d int32) bool {
	year, month, day := d/10000, d/100%100, d%100
	return year >= 1000 && year < 2200 && month >= 1 && month <= 12 && day >= 1 && day <= 31
}

// dateText returns eight digits.
func dateText(d int32) string {
	var b [8]byte
	for i := 7; i >= 0; i-- {
		b[i] = byte('0' + d%10)
		d /= 10
	}
	return string(b[:])
}
