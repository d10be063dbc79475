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
mohammed=maxamed=maxamad=mohd=md=mouhamed=muxammad=mohamet hussein=xuseen=xusein hassan=xasan ahmed=axmed=axmad=ahmet
mahmud=maxamuud=maxmud abdi=cabdi ali=cali omar=cumar aisha=caasha=caisha=aicha osman=cismaan=cusmaan=uthman=othman
ismail=ismaciil said=saciid khalid=xaalid halima=xaliima hawa=xaawa khadija=khadiga=xadiija=hatice yusuf=yusup=jusuf ibrahim=brahim
jamal=gamal=djemal=cemal jamila=gamila=cemila jamil=gamil=cemil najib=naguib=nagib rajab=ragab jihan=gihan=gehan majid=maged=magid
majdi=magdi jaber=gaber hajar=hager=hagar yasmin=jasmin diya=ziya=zia=diaa teresa=tereza=theresa yakub=jakub yohannes=johannes yaroslav=jaroslav
 rida=reda=reza=riza=ridha=raza ramadan=ramzan=ramazan fadil=fazil=fazel dawud=daud=daoud=davud
rashid=rachid rashida=rachida sharif=cherif=charif hisham=hicham ashraf=achraf bashir=bachir shadi=chadi shaima=chaima=chaimaa
marwan=marouane=merouane zainab=jainab aziz=ajij zakir=jakir zarina=jarina
bogdan=bohdan oleg=oleh igor=ihor sergei=serhii=serhiy=serhij grigori=hryhorii=hryhoriy galina=halyna
evgeni=yevhen=yevhenii=evhen mikael=michael=mikhail=michail=mihail=mikhael=mihailo=mykhailo ksenia=xenia nikolas=nicholas
katrin=catherine=katherine=kathryn=katharine elizabet=elizabeth=elisabeth=elisabet isabel=izabel=isabelle=izabela=isabela
stefan=stephen=steven=stephan josef=joseph=jozef sofia=sophia=zofia isabella=izabella suzana=suzanna=susanna=susana=zuzana=zsuzsanna
laszlo=lazlo luisa=luiza=louisa rosa=roza elisa=eliza lisa=liza yana=jana yulia=julia=julija yulian=julian yakov=jakov elena=jelena
yovan=jovan yuri=juri=jurij yosip=josip yasmina=jasmina yahya=jahja elisaveta=elizaveta rozalia=rosalia natalia=natalija
maria=marija anastasia=anastasija
`

// variant replaces a word that stands in the table.
func variant(w []byte) []byte {
	if v, ok := variants()[string(w)]; ok {
		return append(w[:0], v...)
	}
	return w
}

// stem prepares a romanised word for the pass over its letters.
func stem(w []byte) []byte {
	if i := bytes.Index(w, []byte("porn")); i >= 0 {
		w = append(w[:i+2], w[i+3:]...) // Supaporn, Pornthip: the r of Thai is not said
	}
	if bytes.HasPrefix(w, []byte("cabd")) { // Somali c is the Arabic ʿayn
		w = w[1:]
	}
	w = abd(w)
	w = variant(ending(w))
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
	{"ine", "in", 2},
	{"ouane", "wan", 1},
	{"ane", "an", 2},
	{"elle", "el", 2},
	{"korn", "kon", 0},
	{"thorn", "thon", 0},
	{"torn", "ton", 0},
	{"gorn", "gon", 0},
	{"sorn", "son", 1},
	{"andre", "andr", 2},
	{"ender", "endra", 2},
	{"chander", "chandra", 0},
	{"sert", "set", 1},
	{"lert", "let", 0},
	{"lerm", "lem", 1},
	{"chart", "chat", 0},
	{"mol", "mon", 2},
	{"pol", "pon", 2},
	{"phol", "phon", 1},
	{"now", "nov", 2},
	{"kow", "kov", 2},
	{"vic", "vich", 2},
	{"ez", "es", 3},
	{"off", "ov", 2},
	{"eff", "ev", 2},
	{"slaw", "slav", 2},
}

// begin unifies beginnings: Yelena and Elena, Iulia and Yulia, Alharbi and Harbi, Oualid.
func begin(w []byte) []byte {
	if len(w) > 1 && w[0] == 'w' && (w[1] == 'u' || w[1] == 'o' && len(w) > 2 && w[2] == 'o') {
		return w[1:] // Wu, Woo
	}
	if len(w) > 2 && w[0] == 'y' && w[1] == 'i' && !isVowel(w[2]) {
		return w[1:] // Yin
	}
	if len(w) > 2 && w[0] == 'h' && bytes.IndexByte([]byte("tlmnpk"), w[1]) >= 0 {
		return w[1:] // Burmese Htun, Hla
	}
	if len(w) < 4 {
		return w
	}
	if w[0] == 'y' && w[1] == 'e' && bytes.IndexByte([]byte("lkvgfr"), w[2]) >= 0 {
		w = w[1:]
	}
	switch {
	case w[0] == 'i' && bytes.IndexByte([]byte("auo"), w[1]) >= 0:
		w[0] = 'y'
	case w[0] == 'o' && w[1] == 'u' && isVowel(w[2]) && w[2] != 'y':
		w[1] = 'w'
		return w[1:]
	case (w[0] == 'a' || w[0] == 'e') && w[1] == 'l' && len(w) > 5 && !isVowel(w[2]):
		return w[2:]
	case bytes.HasPrefix(w, []byte("sri")), bytes.HasPrefix(w, []byte("shri")):
		i := bytes.IndexByte(w, 'r')
		return append(w[:i], w[i+1:]...)
	}
	return w
}
