package nodekey

// Arithmetic in GF(2⁸) modulo x⁸+x⁴+x³+x+1, the field of AES (FIPS 197 section 4). Addition is
// exclusive or. There are no tables: the time does not depend on the values.

// mul returns a × b.
func mul(a, b byte) byte {
	var p byte
	for range 8 {
		p ^= a & -(b & 1)
		a = a<<1 ^ 0x1b&-(a>>7)
		b >>= 1
	}
	return p
}

// inverse returns 1/a, which is a²⁵⁴; inverse(0) is 0.
func inverse(a byte) byte {
	r := byte(1)
	for range 7 { // 254 = 2+4+8+…+128
		a = mul(a, a)
		r = mul(r, a)
	}
	return r
}
