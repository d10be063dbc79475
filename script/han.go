package script

import (
	"strings"
	"unicode/utf8"
)

// romanHan reads characters in Mandarin (Hanyu Pinyin without tones, ISO 7098), simplified
// and traditional alike; a common Japanese family name at the beginning is read in Japanese. A
// character that is in no table stays as it is. The Cantonese, Hokkien, Korean and Vietnamese
// readings of a character are not known here, nor Japanese given names in kanji.
func romanHan(dst []byte, s string) []byte {
	if n, reading := japaneseSurname(s); n > 0 {
		dst = append(append(dst, reading...), syllable)
		s = s[n:]
	}
	if reading, ok := oddSurname(s); ok {
		dst = append(dst, reading...)
		s = s[2*len("万"):]
	}
	readings := hanReadings()
	for _, r := range s {
		if reading, ok := readings[r]; ok {
			dst = append(dst, reading...)
		} else {
			dst = utf8.AppendRune(dst, r)
		}
		dst = append(dst, syllable)
	}
	return dst
}

// oddSurname: compound family names that are read otherwise than their characters.
func oddSurname(s string) (string, bool) {
	if len(s) < 2*len("万") {
		return "", false
	}
	switch s[:2*len("万")] {
	case "长孙", "長孫":
		return "zhangsun-", true
	case "万俟", "萬俟":
		return "moqi-", true
	}
	return "", false
}

// hanSurname returns how many bytes of a Han name written in one are the family name, 0 when
// it does not look like a name.
func hanSurname(s string) int {
	n := utf8.RuneCountInString(s)
	if n < 2 || n > 6 {
		return 0
	}
	if n > 2 {
		if size, _ := japaneseSurname(s); size > 0 {
			return size
		}
		_, first := utf8.DecodeRuneInString(s)
		_, second := utf8.DecodeRuneInString(s[first:])
		if compoundSurname(s[:first+second]) {
			return first + second
		}
	}
	first, size := utf8.DecodeRuneInString(s)
	if n <= 4 && strings.ContainsRune(hanSurnames, first) {
		return size
	}
	return 0
}

// hanSurnames: the commonest single-character family names of China, Taiwan and Korea, and of
// Vietnam in Han, after the published census lists of the Chinese Ministry of Public Security.
const hanSurnames = "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何林高罗羅郑鄭梁谢謝宋唐许許邓鄧冯馮韩韓曹曾彭萧蕭肖蔡潘田董袁于余叶葉" +
	"蒋蔣杜苏蘇魏程吕呂丁沈任姚卢盧傅钟鍾鐘姜崔谭譚廖范汪陆陸金石戴贾賈韦韋夏邱方侯邹鄒熊孟秦白江阎閻闫薛尹段雷黎史龙龍陶贺賀顾顧毛郝龚龔邵万萬钱錢严嚴覃武" +
	"莫孔向汤湯温溫康施文牛樊葛邢安齐齊易乔喬伍庞龐颜顏倪庄莊聂聶章鲁魯岳翟殷詹申欧歐耿关關兰蘭焦俞左柳甘祝包宁寧尚符舒阮柯纪紀梅童凌毕畢单單季裴霍涂成苗" +
	"谷盛曲翁冉骆駱蓝藍路游辛靳管柴蒙鲍鮑华華喻祁蒲房滕屈饶饒解牟艾尤阳陽时時穆农農司卓古吉缪车車项項连連芦麦麥褚娄婁窦竇戚岑景党宫宮费費卜冷晏席卫衛米柏宗瞿桂全佟应應" +
	"臧闵閔苟邬鄔边邊卞姬师師和仇栾欒隋商刁沙荣榮巫寇桑郎甄丛叢仲虞敖巩鞏明佘池查麻苑迟遲邝鄺官封谈談匡鞠惠荆荊乐樂冀郁胥南班储儲原栗燕楚鄢劳勞谌奚皮粟冼蔺" +
	"楼樓盘盤满滿闻聞位厉厲伊区區郜海阚闞花权權强強帅帥屠豆朴盖蓋练練廉禹井漆巴覺佐慕矫矯羊竺佩裘"

// compoundSurname: the family names of two characters that are still borne.
func compoundSurname(s string) bool {
	switch s {
	case "欧阳", "歐陽", "司马", "司馬", "上官", "诸葛", "諸葛", "夏侯", "东方", "東方", "皇甫", "尉迟", "尉遲", "公孙",
		"公孫", "慕容", "令狐", "司徒", "司空", "长孙", "長孫", "宇文", "轩辕", "軒轅", "端木", "独孤", "獨孤", "南宫", "南宮",
		"西门", "西門", "闻人", "聞人", "申屠", "太史", "呼延", "钟离", "鍾離", "拓跋", "百里", "东郭", "東郭", "濮阳", "濮陽",
		"公冶", "淳于", "澹台", "澹臺", "左丘", "第五", "梁丘", "赫连", "赫連", "万俟", "萬俟":
		return true
	}
	return false
}

// japaneseSurname finds a Japanese family name at the beginning of s.
func japaneseSurname(s string) (size int, reading string) {
	if len(s) < 6 {
		return 0, ""
	}
	best, reading := 0, ""
	for _, n := range [...]int{9, 6} {
		if len(s) >= n {
			if reading, ok := japaneseSurnames()[s[:n]]; ok {
				return n, reading
			}
		}
	}
	return best, reading
}
