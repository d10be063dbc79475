package script

import (
	"strings"
	"sync"
)

// arabicNames gives the vowels of common names, as Fold leaves the names (one alef, one ya,
// ة as ه, no hamza), in the spelling of passports. Entered from knowledge of the names.
var arabicNames = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for pair := range strings.FieldsSeq(arabicText) {
		name, reading, _ := strings.Cut(pair, "=")
		out[name] = reading
	}
	return out
})

const arabicText = `
محمد=muhammad احمد=ahmad محمود=mahmud حامد=hamid حميد=hamid حمد=hamad حمدان=hamdan علي=ali حسن=hassan حسين=hussein عمر=omar عمرو=amr
عثمان=othman عمار=ammar عامر=amir امير=amir يوسف=yusuf ابراهيم=ibrahim اسماعيل=ismail اسحاق=ishaq يعقوب=yaqub موسي=musa عيسي=isa
داود=dawud سليمان=suleiman يحيي=yahya زكريا=zakariya هارون=harun ايوب=ayyub يونس=yunus ادريس=idris الياس=elias ادم=adam نوح=nuh
خالد=khalid وليد=walid سعيد=said سعد=saad سعود=saud فهد=fahd فيصل=faisal عباس=abbas جعفر=jafar كاظم=kazim قاسم=qasim هاشم=hashim
جاسم=jasim ماجد=majid مجيد=majid مجدي=magdi ناصر=nasir نصر=nasr منصور=mansur انور=anwar سرور=sarwar كوثر=kawthar مروان=marwan
رضا=rida رياض=riyad رمضان=ramadan رجب=rajab شعبان=shaban سامي=sami سمير=samir سليم=salim سالم=salim سلمان=salman سلمي=salma
طارق=tariq طلال=talal طه=taha ياسر=yasir ياسين=yasin ياسمين=yasmin زيد=zaid زياد=ziyad زين=zain زينب=zainab زهرا=zahra زهره=zahra زهير=zuhair
فاطمه=fatima عايشه=aisha خديجه=khadija مريم=maryam امنه=amina امينه=amina امين=amin حليمه=halima رقيه=ruqayya سكينه=sakina
صفيه=safiya سميه=sumaya اسما=asma ساره=sara هاجر=hajar نور=nur نوره=nura نورا=nura نوال=nawal نادر=nadir ناديه=nadia نجوي=najwa نجلا=najla
مني=muna هدي=huda ندي=nada رنا=rana لمي=lama ضحي=duha مها=maha سها=suha نهي=nuha رشا=rasha هبه=hiba هند=hind ليلي=layla لبني=lubna
سعاد=suad سلوي=salwa سنا=sana شيما=shayma اسرا=isra الا=ala ايمان=iman ايمن=ayman ايه=aya اميره=amira بشري=bushra جميله=jamila
جميل=jamil جمال=jamal جلال=jalal كمال=kamal كامل=kamil كريم=karim كريمه=karima رحيم=rahim رحمن=rahman رحمه=rahma عزيز=aziz عزيزه=aziza
حسام=husam حسني=husni حسنا=hasna محسن=muhsin مصطفي=mustafa مصعب=musab مراد=murad مرتضي=murtada معاذ=muadh معاويه=muawiya منير=munir مهدي=mahdi
هادي=hadi هشام=hisham هيثم=haytham وايل=wael وسيم=wasim وفا=wafa ورده=warda عادل=adil عادله=adila عبدو=abdu عبيد=ubayd عدنان=adnan
عصام=isam عماد=imad علا=ala عفاف=afaf فاروق=faruq فادي=fadi فارس=faris فايز=fayez فوزي=fawzi فوزيه=fawziya فواد=fuad فضل=fadl فرح=farah فرج=faraj
فريد=farid فريده=farida قادر=qadir قيس=qais لطيفه=latifa لطفي=lutfi لوي=luay لينا=lina مازن=mazin مالك=malik ملك=malak ملاك=malak
نبيل=nabil نزار=nizar نعيم=naim نعيمه=naima وداد=widad ولا=wala يارا=yara ربيع=rabi رشيد=rashid راشد=rashid رافت=rafat رامي=rami رانيا=rania
راغب=raghib رسول=rasul رووف=rauf روف=rauf ريم=rim زبيده=zubaida زهر=zahr بدر=badr بسام=bassam باسم=basim بلال=bilal بكر=bakr بشير=bashir بشار=bashar
بها=baha توفيق=tawfiq تامر=tamir ثريا=thuraya جابر=jabir جبريل=jibril جواد=jawad جهاد=jihad حاتم=hatim حارث=harith حبيب=habib حبيبه=habiba
حكيم=hakim حنان=hanan حنا=hanna حيدر=haidar خليل=khalil خلف=khalaf خضر=khidr دعا=dua دنيا=dunya دينا=dina ذكري=dhikra شريف=sharif شريفه=sharifa
شاكر=shakir شهاب=shihab شوقي=shawqi صادق=sadiq صالح=salih صلاح=salah صباح=sabah صبري=sabri صدام=saddam ضيا=diya طاهر=tahir ظافر=zafir غسان=ghassan
غاده=ghada غانم=ghanim غازي=ghazi سيف=saif سيد=sayyid شمس=shams عبدالله=abdullah نصرالله=nasrullah تيم=taym تيسير=taysir حمزه=hamza
اسامه=usama انس=anas اكرم=akram اشرف=ashraf ارشد=arshad اسعد=asad امل=amal انعام=inam انيس=anis بتول=batul بثينه=buthaina عمران=imran عرفات=arafat
عيد=eid عواد=awad عوض=awad عون=awn علوي=alawi عمري=omari قطان=qattan مصري=masri حلبي=halabi خوري=khoury حداد=haddad نجار=najjar خياط=khayyat
تميمي=tamimi حربي=harbi قحطاني=qahtani غامدي=ghamdi شمري=shammari عتيبي=otaibi دوسري=dosari زهراني=zahrani مطيري=mutairi شهري=shehri عنزي=anazi
هاشمي=hashimi حسيني=husseini موسوي=musawi علوان=alwan سوداني=sudani بغدادي=baghdadi تكريتي=tikriti جبوري=jubouri دليمي=dulaimi عبيدي=ubaidi ربيعي=rubaie
محمدي=mohammadi احمدي=ahmadi رضايي=rezaei  كريمي=karimi اكبري=akbari جعفري=jafari رحيمي=rahimi صادقي=sadeghi قاسمي=ghasemi مرادي=moradi
عليرضا=alireza غلام=ghulam گل=gul شير=sher خان=khan نجاه=najat حياه=hayat قصي=qusay عدي=uday لميا=lamia فقار=fiqar غدير=ghadir رغد=raghad هنيه=haniya شهد=shahd رهف=rahaf جني=jana تالا=tala لجين=lujain چودهري=chaudhry بيگم=begum بي=bi بخت=bakht رستم=rustam سهراب=sohrab بهرام=bahram پرويز=parviz
مسعود=masud مقصود=maqsud منظور=manzoor نواز=nawaz نويد=navid اقبال=iqbal افضل=afzal اسلم=aslam اختر=akhtar اصغر=asghar اكبر=akbar
بطرس=butrus بولس=bulus جرجس=girgis جورج=george مينا=mina ميخاييل=mikhail مارون=marun انطون=antun حسنين=hassanein شادي=shadi شكري=shukri
اميمه=umayma اخلاص=ikhlas ابتسام=ibtisam انتصار=intisar احسان=ihsan اياد=iyad ايهاب=ihab اوس=aws اويس=uways يزيد=yazid يسري=yusri يسرا=yusra
عتمان=otman منذر=mundhir نذير=nadhir مخلص=mukhlis مختار=mukhtar مبارك=mubarak مامون=mamun مومن=mumin مصباح=misbah نسرين=nisrin نسيم=nasim نهله=nahla
هنا=hana هنادي=hanadi هيام=hiyam وحيد=wahid وجدان=wijdan ودود=wadud وهاب=wahhab واحد=wahid جبار=jabbar ستار=sattar غفار=ghaffar غفور=ghafur شكور=shakur
سلام=salam صمد=samad قدوس=quddus حق=haqq حي=hayy قوي=qawi ملوك=muluk نبي=nabi نعمه=nima بركه=baraka بركات=barakat عربي=arabi عطا=ata عطيه=attia
`
