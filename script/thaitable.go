package script

import "sync"

// thaiMorphemes holds elements of Thai names by first letter, as Fold leaves them (without
// tones and silencers), in RTGS. Entered from knowledge of the language.
var thaiMorphemes = sync.OnceValue(func() map[rune][]thaiMorpheme { return readMorphemes(thaiMorphemeText) })

const thaiMorphemeText = `
ศักดิ=sak ศักดา=sakda ศรี=si สิทธิ=sitthi/sit สวัสดิ=sawat สมบัติ=sombat สมบูรณ=sombun สันติ=santi
ประสิทธิ=prasit ประเสริฐ=prasoet ประยุทธ=prayut ประยูร=prayun ประภา=prapha ประวิตร=prawit
พงษ=phong พงศ=phong วงศ=wong วงษ=wong ณรงค=narong อนงค=anong รงค=rong
รัตน=rattana/rat รัตนา=rattana วัฒน=watthana/wat วัฒนา=watthana วัฒ=wat จันทร=chan จันทรา=chanthra จันทนา=chanthana
ทิพย=thip ทิพ=thip พันธ=phan พันธุ=phan อนันต=anan สันต=san กานต=kan ยนต=yon รักษ=rak ฤทธิ=rit ลักษณ=lak
ลักษมี=laksami อาทิตย=athit เพชร=phet เพญ=phen เกียรติ=kiat ชาติ=chat ภูมิ=phum วุฒิ=wut วุฒ=wut ญาณ=yan
พร=phon ภรณ=phon พจน=phot วัตร=wat กร=kon ธร=thon ศร=son อร=on ชัย=chai วิชัย=wichai ไชย=chai ไทย=thai ธรรม=tham วรรณ=wan พรรณ=phan สุวรรณ=suwan
กรรณ=kan สวรรค=sawan ธนพล=thanaphon พล=phon ภพ=phop ภัทร=phat ภัทรา=phatthra สุภัทรา=suphatthra พัชร=phatchara
พัชรา=phatchara วิทย=wit วิทยา=witthaya นิตย=nit นิตยา=nittaya กิตติ=kitti กฤษณะ=kritsana กฤษณ=krit
กฤษดา=kritsada กฤต=krit ณัฐ=nat นัฐ=nat รัฐ=rat เศรษฐ=set เศรษฐา=settha เชษฐ=chet เดช=det อํานาจ=amnat ปราณี=prani
ปรีชา=pricha สุรศักดิ=surasak สุร=sura วีระ=wira วีร=wira วร=wora วิไล=wilai จักร=chak จักรี=chakkri บุตร=but
มิตร=mit จิตร=chit จิตต=chit จิต=chit ศิริ=siri สิริ=siri ศิลป=sin สุนทร=sunthon บุญ=bun มงคล=mongkhon กมล=kamon
วิมล=wimon นฤมล=naruemon ชล=chon ชลธิชา=chonthicha สุชาติ=suchat นคร=nakhon สมร=samon สายัณห=sayan ราตรี=ratri
เยาวลักษณ=yaowalak ขวัญ=khwan สวย=suai ควร=khuan ชวน=chuan นวล=nuan มาลัย=malai อุทัย=uthai สมัย=samai วินัย=winai
อภัย=aphai ธนากร=thanakon ธนา=thana ธน=thana นภา=napha นภ=nop ปิยะ=piya ปิย=piya พิชัย=phichai พิชิต=phichit
พิมพ=phim พิทักษ=phithak พิพัฒน=phiphat พัฒน=phatthana/phat เทพ=thep เทว=thewa เสาวลักษณ=saowalak เสาว=saowa โสภณ=sophon โสภา=sopha
ไพโรจน=phairot โรจน=rot ไพบูลย=phaibun บูลย=bun บูรณ=bun ไพศาล=phaisan พิศาล=phisan วิศาล=wisan สุนีย=suni
สุรีย=suri อรุณ=arun อรทัย=orathai อรพรรณ=oraphan มณี=mani มนัส=manat มานพ=manop มาโนช=manot มาโนชญ=manot ดวง=duang
เรือง=rueang รุง=rung แสง=saeng ทอง=thong ทรัพย=sap ทรง=song สรอย=soi สราง=sang จริง=ching
วิจิตร=wichit สุจิตรา=suchittra จิตรา=chittra ธิดา=thida สุดา=suda อัครา=akkhara อัคร=akkhara อิทธิ=itthi อิศรา=itsara
ชุติมา=chutima นันท=nantha/nan สามารถ=samat นันทา=nantha นันทนา=nanthana อานนท=anon นนท=non สมศักดิ=somsak สม=som กัญญา=kanya ปัญญา=panya
อัมพร=amphon สัมพันธ=samphan ยุทธ=yut พุทธ=phut สุทธิ=sutthi บรรจง=banchong บรรหาร=banhan สรร=san กาญจนา=kanchana
กาญจน=kan กัลยา=kanlaya กัลยาณี=kanlayani กุล=kun อุดม=udom เกษม=kasem วาสนา=watsana บุษบา=butsaba นิพนธ=niphon นิธิ=nithi
อภิ=aphi อภิสิทธิ=aphisit ศรัณย=saran สงกรานต=songkran กรานต=kran ธีร=thira ธีระ=thira จีร=chira จิร=chira นิล=nin ศิลปะ=sinlapa
ภาวนา=phawana ภูวนาท=phuwanat ภูวดล=phuwadon ดล=don วดี=wadi วรรณา=wanna วันทนา=wanthana สายสมร=saisamon สุข=suk สุภา=supha
สุกัญญา=sukanya สุนันท=sunan สุวิทย=suwit สุเทพ=suthep สุธี=suthi สุเมธ=sumet เมธ=met เมธี=methi เมตตา=metta มณฑา=montha มนตรี=montri
มารุต=marut พรหม=phrom พยอม=phayom พนัส=phanat พนม=phanom พงศา=phongsa พลอย=phloi เพลิน=phloen เพียร=phian เพิม=phoem ไพร=phrai
ผกา=phaka ผอง=phong ปกรณ=pakon ปฐม=pathom ปณิธาน=panithan ปัทมา=patthama ปทุม=pathum ปรม=porama ปรเมศวร=poramet เมศวร=met
นราธิป=narathip นรา=nara นริศ=narit นเรศ=naret นรินทร=narin อินทร=in อินทิรา=inthira ธงชัย=thongchai ทวีศักดิ=thawisak ทวี=thawi
ทัศน=that ทัศนีย=thatsani ทศพล=thotsaphon ธานินทร=thanin ทิพา=thipha ทิวา=thiwa เทวินทร=thewin ดนัย=danai ดวงดาว=duangdao ตระกูล=trakun
ตรี=tri ไตร=trai ตุลา=tula ณภัทร=naphat ณรัช=narat ชวลิต=chawalit ชูศักดิ=chusak ชูชาติ=chuchat ชนินทร=chanin ชลิต=chalit ชาคริต=chakhrit
โชค=chok โชติ=chot ฉวี=chawi ฉันท=chan จตุพร=chatuphon จําลอง=chamlong จํานง=chamnong จันทิมา=chanthima จริยา=chariya ขจร=khachon
ขนิษฐา=khanittha คงศักดิ=khongsak คมสัน=khomsan คมกริช=khomkrit กฤช=krit กัณหา=kanha กําพล=kamphon กําธร=kamthon กชกร=kotchakon
เกรียงไกร=kriangkrai ไกร=krai ไกรสร=kraison เอก=ek เอกชัย=ekkachai เอกพล=ekkaphon เอมอร=emon อัจฉรา=atchara อังคณา=angkhana อารีย=ari
อาภรณ=aphon อาจารีย=achari อิศร=itsara อุบล=ubon อุษา=usa อุทิศ=uthit โอภาส=ophat วสันต=wasan วสุ=wasu วัชระ=watchara วัชร=watchara
วัลลภ=wanlop วิชิต=wichit วิทูร=withun วินิจ=winit วิภา=wipha วิษณุ=witsanu วิสุทธิ=wisut วุฒิชัย=wutthichai ศศิธร=sasithon ศศิ=sasi
ศิวา=siwa ศิวพร=siwaphon ศุภ=supha ศุภชัย=suphachai สกล=sakon สถาพร=sathaphon สมเกียรติ=somkiat สราวุธ=sarawut วุธ=wut
สวัสดี=sawatdi สัญญา=sanya สาโรจน=sarot สาธิต=sathit สินี=sini สิรินทร=sirin สุรพล=suraphon สุรสิทธิ=surasit หทัย=hathai หญิง=ying
รพี=raphi รวี=rawi รชต=rachata รัชนี=ratchani รัช=rat รัชดา=ratchada ระวี=rawi รังสรรค=rangsan รังสี=rangsi ลลิตา=lalita ละออ=lao ยุวดี=yuwadi
ถาวร=thawon ถวิล=thawin ชนะ=chana ชนก=chanok นก=nok ฉัตร=chat เฉลิม=chaloem เจริญ=charoen ดํารง=damrong สําราญ=samran
`
