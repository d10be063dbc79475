package script

import (
	"bytes"
	"strings"
	"sync"
)

// variants maps whole romanised words whose usual spellings no rule of letters brings
// together to one of them. Sources: common knowledge of the languages named.
var variants = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for group := range strings.FieldsSeq(variantText) {
		words := strings.Split(group, "=")
		for _, w := range words[1:] {
			out[w] = words[0]
		}
	}
	return out
})

const variantText = `
mohammed=maxamed=maxamad=mohd=mouhamed=muxammad
mahmud=maxamuud=maxmud hassan=xasan=khasan hussein=xuseen=xusein ahmed=axmed=axmad abdi=cabdi ali=cali
omar=cumar aisha=caasha=caisha osman=cismaan=cusmaan=uthman=othman ismail=ismaciil saeed=saciid
jamal=gamal jamila=gamila jamil=gamil najib=naguib=nagib rajab=ragab jihan=gihan=gehan
khalid=xaalid halima=xaliima hawa=xaawa khadija=khadidja=hatice=khadiga=khadeeja=xadiija
bogdan=bohdan oleg=oleh igor=ihor sergei=serhii=serhiy=serhij grigori=hryhorii=hryhoriy galina=halyna
evgeni=yevhen=yevhenii=evhen michael=mikhael=mikael
`

// stem prepares a romanised word for the pass over its letters.
func stem(w []byte) []byte {
	w = abd(w)
	w = ending(w)
	return begin(w)
}

// abd takes the article out of the servant names: abdulrahman, abdurrahman, abdelkrim.
func abd(w []byte) []byte {
	if len(w) < 7 || !bytes.HasPrefix(w, []byte("abd")) {
		return w
	}
	i := 3
	if !isVowel(w[i]) {
		return w
	}
	switch rest := w[i+1:]; {
	case rest[0] == 'l':
		return append(w[:3], rest[1:]...)
	case len(rest) > 2 && rest[0] == rest[1]:
		return append(w[:3], rest[1:]...)
	}
	return w
}

func ending(w []byte) []byte {
	for _, e := range endings {
		if n := len(w) - len(e.from); n >= e.least && string(w[n:]) == e.from {
			return append(w[:n], e.to...)
		}
	}
	return w
}

// endings that are spelled in ways the classes do not cover.
var endings = [...]struct {
	from, to string
	least    int
}{
	{"aldin", "udin", 2},
	{"eldin", "udin", 2},
	{"aldeen", "udin", 2},
	{"eldeen", "udin", 2},
	{"eldine", "udin", 2},
	{"eddine", "udin", 2},
	{"uddine", "udin", 2},
	{"eddin", "udin", 2},
	{"orn", "on", 1},
	{"vic", "vich", 2},
	{"ez", "es", 3},
	{"off", "ov", 2},
	{"eff", "ev", 2},
	{"slaw", "slav", 2},
}

// begin unifies beginnings: Yelena and Elena, Iulia and Yulia, Alharbi and Harbi, Oualid.
func begin(w []byte) []byte {
	if len(w) < 4 {
		return w
	}
	switch {
	case w[0] == 'y' && w[1] == 'e' && bytes.IndexByte([]byte("lkvgfr"), w[2]) >= 0:
		return w[1:]
	case w[0] == 'i' && bytes.IndexByte([]byte("auo"), w[1]) >= 0:
		w[0] = 'y'
	case w[0] == 'o' && w[1] == 'u' && isVowel(w[2]):
		w[1] = 'w'
		return w[1:]
	case (w[0] == 'a' || w[0] == 'e') && w[1] == 'l' && len(w) > 5 && !isVowel(w[2]) && w[2] != 'h':
		return w[2:]
	}
	return w
}
