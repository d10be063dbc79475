package script

import (
	"strings"
	"sync"
)

// hanReadings gives the Mandarin reading of the characters of hanText.
var hanReadings = sync.OnceValue(func() map[rune]string {
	out := make(map[rune]string, 2000)
	for line := range strings.FieldsSeq(hanText) {
		end := strings.IndexFunc(line, func(r rune) bool { return r > 'z' })
		for _, r := range line[end:] {
			out[r] = line[:end]
		}
	}
	return out
})

// hanText: the characters of common family names and given names, simplified and
// traditional, under their reading as a name. Entered by hand from knowledge of the names;
// ü is written u; readings follow the kMandarin property of Unihan but for names read otherwise (曾 zeng, 任
// ren, 單 shan, 解 xie, 仇 qiu, 區 ou, 查 zha).
const hanText = `
a阿 ai艾爱愛 an安岸 ang昂 ao敖傲奥
ba跋巴芭 bai白柏百 ban班 bang邦 bao包鲍鮑宝寶保葆 bei贝貝北蓓 ben本 bi毕畢碧必璧 bian边邊卞 biao彪标標 bin宾賓彬斌滨濱 bing兵冰炳秉丙 bo伯博波勃 bu卜步布
cai蔡才彩财財采 can灿燦 cang仓倉苍蒼 cao曹操 cen岑 chai柴 chan婵嬋 chang常昌长長畅暢嫦 chao超巢朝潮 che车車 chen陈陳晨辰臣沉忱谌諶 cheng程成承诚誠城丞澄呈 chi池迟遲
chong崇充 chou丑 chu褚储儲楚初 chuan川传傳 chuang创創 chun春淳纯純椿 ci慈 cong丛叢从從聪聰 cui崔翠
da达達大 dai戴代黛 dan丹旦但 dang党黨 dao道 de德 deng邓鄧登灯 di第狄迪弟娣 dian典甸 die蝶 diao刁 ding丁定鼎 dong董东東冬栋棟 dou窦竇豆 du独獨杜都 duan段端 dui队 dun敦
e娥 en恩 er尔爾儿兒
fa发發法 fan范樊凡帆繁梵 fang方房芳放舫 fei费費飞飛菲斐妃 fen芬奋奮 feng冯馮丰豐封峰锋鋒凤鳳风風枫楓奉 fu傅付符福富扶甫芙夫伏 
gai盖蓋 gan甘干淦 gang刚剛钢鋼岗崗纲綱 gao高皋郜 ge葛戈歌格 gen根 geng耿庚 gong龚龔宫宮公功恭巩鞏弓贡貢 gou苟 gu孤顾顧古谷辜固 guan关關管官冠 guang光广廣 gui桂贵貴归歸 guo郭国國果
ha哈 hai海 han韩韓汉漢涵寒翰晗瀚含 hang杭航 hao郝浩豪昊皓好灏 he何贺賀和河荷赫鹤鶴禾 heng恒恆衡亨 hong洪红紅宏鸿鴻弘虹泓 hou侯厚后後 hu呼狐胡虎湖扈瑚 hua华華花化桦樺 huai怀懷淮槐 huan欢歡焕煥环環桓
huang皇黄黃凰煌晃 hui惠慧辉輝会會晖暉徽卉汇蕙 huo霍火
ji吉纪紀季姬计計继繼基济濟冀集极極稷戢 jia贾賈家佳嘉甲加 jian简簡建健坚堅剑劍鉴鑑俭儉 jiang江蒋蔣姜将將 jiao矫矯焦娇嬌皎姣 jie杰傑洁潔捷婕节節介颉 jin金晋晉锦錦进進靳瑾津今近
jing景静靜晶京敬荆荊井靖菁婧竞競精经經 jiong炯 jiu九久 ju巨菊鞠居举舉句 juan娟卷 jue珏觉覺 jun军軍君俊骏駿钧鈞均峻筠郡珺
kai凯凱开開楷恺愷 kan阚闞侃 kang康亢抗 ke柯可克科珂 kong孔空 kou寇 kuai蒯 kuan宽寬 kuang邝鄺匡旷况 kui奎魁葵夔 kun昆坤琨 kuo阔
lai赖賴来來莱萊 lan兰蘭蓝藍岚嵐澜瀾 lang郎朗 lao劳勞 le乐樂 lei雷磊蕾 leng冷 li离離栗李黎丽麗莉力立利礼禮理厉厲励勵历里璃梨鹂俐 lian连連廉莲蓮练練涟漣 liang梁良亮量粱 liao廖 miu缪繆 lie烈
lin林琳霖临臨麟蔺藺淋 ling凌玲灵靈岭嶺铃鈴菱令龄 liu刘劉柳流留 long龙龍隆珑瓏 lou楼樓娄婁 lu芦卢盧陆陸鲁魯路露璐禄祿鹿逯吕呂绿綠律旅 luan栾欒鸾 lun伦倫 luo罗羅骆駱洛络
ma马馬玛瑪麻 mai麦麥迈 man满滿曼 mang莽 mao毛茅茂懋 mei梅美眉媚玫 men门門 meng孟蒙梦夢萌猛 mi米弥宓 miao苗妙淼 min闵閔民敏岷旻 ming明名铭銘鸣鳴 mo莫墨默 mou牟 mu穆木慕沐牧母睦
na娜那纳納 nan南楠男 ni倪妮尼霓 nian年念 niang娘 nie聂聶 nin您 ning宁寧凝甯 niu牛钮鈕 nong农農 nuo诺諾
ou欧歐区區 pan潘盘盤 pang庞龐 pei裴培佩沛 peng彭朋鹏鵬蓬 pi皮 piao朴 pin品 ping平萍屏苹蘋 pu濮蒲浦普溥璞
qi俟漆齐齊戚祁琪琦奇其启啟旗祺起绮綺麒淇颀岐七 qian钱錢千倩谦謙乾茜前 qiang强強 qiao乔喬巧桥橋俏 qin秦琴勤芹沁钦欽亲 qing青清庆慶晴卿情 qiong琼瓊 qiu邱丘秋裘仇求球 qu曲屈瞿渠 quan权權全泉荃
que阙闕 qun群
ran冉然染 rang让讓 rao饶饒 ren任仁人 ri日 rong荣榮容戎融蓉榕 rou柔 ru茹汝如儒 ruan阮 rui瑞芮锐銳睿蕊 run润潤 ruo若
sa萨薩 sai赛賽 san三 sang桑 seng僧 sha沙莎 shan单單山珊善姗杉 shang尚商上 shao邵少绍紹韶 she佘 shen沈申慎深神莘绅 sheng盛圣聖胜勝生声聲升昇晟笙 shi石史施师師世士诗詩时時始实實仕识
shou寿壽守首 shu舒书書树樹淑叔术 shuai帅帥 shuang双雙爽霜 shui水 shun顺順舜 shuo硕碩朔 si司思斯四丝絲 song宋松嵩颂頌 su苏蘇素粟 sui隋随 sun孙孫 suo索
tai臺邰泰太台 tan澹谭譚谈談覃檀坦 tang唐汤湯棠堂 tao陶涛濤桃韬韜 teng滕腾騰 ti提 tian田天甜添恬 tie铁鐵 ting婷廷庭亭霆 tong童佟同彤桐通 tu徒涂屠土 tuan团 tun屯 tuo拓
wan万萬宛婉晚皖 wang王汪望旺 wei位魏韦韋卫衛伟偉威维維薇为為蔚炜煒未玮瑋微巍惟 wen温溫文闻聞雯稳 weng翁 wo沃 wu吴吳武伍邬鄔巫午五悟吾
xi席奚习習希喜西曦锡錫玺夕惜熙溪晰郗 xia夏霞侠俠 xian先贤賢鲜鮮冼显顯宪憲仙娴嫻献獻 xiang向项項香祥翔湘相想象襄享 xiao肖萧蕭小晓曉孝笑霄啸嘯箫宵潇 xie谢謝解协協 xin辛新心欣鑫信馨昕歆 xing邢幸星兴興行杏刑
xiong熊雄 xiu秀修 xu许許徐旭须須绪緒续煦胥 xuan宣玄轩軒萱璇选選绚瑄 xue薛雪学學 xun荀迅勋勳寻尋洵
ya亚亞雅娅婭 yan鄢严嚴颜顏闫閆阎閻燕晏言妍艳艷彦彥岩炎延焱雁嫣研琰 yang杨楊阳陽羊扬揚洋仰 yao姚尧堯瑶瑤耀遥遙 ye冶叶葉业業野晔 yi易伊义義毅艺藝怡益逸奕宜仪儀亿億以意一依翼颐忆憶轶 yin尹殷银銀音印茵荫蔭
ying应應英莹瑩颖穎迎盈影樱櫻 yong雍永勇咏詠泳涌 you尤游友有佑幼优優 yu尉于余俞虞玉宇雨禹郁喻育瑜渔漁裕鱼魚愉羽语語钰鈺煜昱毓誉譽豫 yuan辕轅袁元苑媛园園圆圓远遠源渊淵原缘緣 yue岳月越悦悅粤粵玥跃躍
yun云雲韵韻芸运運允昀耘
zai在 zan赞贊 zang臧 zeng曾增 zha查 zhai翟 zhan詹占战展湛 zhang张張章掌彰璋 zhao赵趙肇招兆昭 zhe哲喆 zhen甄真珍振镇鎮贞貞震臻桢祯 zheng郑鄭正政征争爭铮錚 zhi支志智芝之治至知直植 zhong钟鍾鐘仲中忠众衆重
zhou周舟洲州 zhu朱祝竹珠诸諸竺柱主筑 zhuan专 zhuang庄莊壮壯 zhuo卓 zi子紫自梓姿资滋 zong宗综綜 zou邹鄒 zu祖 zuo左佐作
`
