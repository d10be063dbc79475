package demo

// folk are the invented names of the country, by script. Families are words, not families: nobody is called so
// by chance, and every name is marked besides.
var folk = []struct {
	script, language, between string
	given, family             []string
}{
	{
		"Latn", "en", " ",
		[]string{"Wren", "Robin", "Linnet", "Jay", "Merle", "Perrin", "Avis", "Corvin"},
		[]string{"Ashbeck", "Quillow", "Tarnsey", "Dunmarrow", "Fellwick", "Hathersedge"},
	},
	{
		"Arab", "ar", " ",
		[]string{"هدهد", "يمامة", "شاهين", "قمرية", "سنونو", "بلبل"},
		[]string{"البستاني المتخيل", "الجسري المتخيل", "الوادياني", "المرجاوي"},
	},
	{
		"Cyrl", "uk", " ",
		[]string{"Зоряна", "Ластівка", "Сокіл", "Горлиця", "Яструб", "Журавель"},
		[]string{"Вигаданко", "Млинарик", "Береговець", "Степнянська"},
	},
	{
		"Ethi", "ti", " ",
		[]string{"ዕንባባ", "ኮኾብ", "ጸሓይ", "ወርቂ", "ንስሪ", "ርግቢ"},
		[]string{"ምናልባት", "ፈጠራ", "ጎቦ", "ሩባ"},
	},
	{
		"Hans", "zh", "",
		[]string{"云", "燕", "溪", "竹", "雁", "禾"},
		[]string{"山外", "河边", "林间", "石桥"},
	},
	{
		"Latn", "vi", " ",
		[]string{"Hạc", "Én", "Sẻ", "Yến", "Cò", "Vạc"},
		[]string{"Tưởng Tượng", "Bờ Sông", "Cánh Đồng", "Đá Cầu"},
	},
	{
		"Latn", "sq", " ",
		[]string{"Zogë", "Shqipe", "Bilbil", "Pëllumb", "Lejlek", "Guguçe"},
		[]string{"Trillimaj", "Urëzori", "Lugajani", "Gurrëza"},
	},
}
