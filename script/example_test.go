package script_test

import (
	"fmt"

	"github.com/fourfold/fourfold/script"
)

func ExampleFold() {
	fmt.Println(script.Fold("Nguyễn  ÁNH"), script.Fold("عَلِي"), script.Fold("Łódź"))
	// Output: nguyen anh علي lodz
}

func ExampleNameParts() {
	fmt.Println(script.NameParts("Dr. Abd al-Rahman Al-Hashimi"))
	fmt.Println(script.NameParts("عبد الرحمن الهاشمي"))
	fmt.Println(script.NameParts("欧阳小明"))
	// Output:
	// [abdulrahman rahman hashimi]
	// [عبدالرحمن رحمن هاشمي]
	// [欧阳小明 欧阳 小明]
}

func ExampleLatin() {
	for _, name := range []string{"Щербаков", "ተስፋዬ", "राजेश", "สมชาย", "建国", "فرهاد"} {
		fmt.Print(script.Latin(name), " ")
	}
	// Output: shcherbakov tesfaye rajesh somchai jianguo frhad
}

func ExampleSkeleton() {
	fmt.Println(script.Skeleton("Mohammed"), script.Skeleton("محمد"), script.Skeleton("Мухаммад"), script.Skeleton("መሐመድ"))
	fmt.Println(script.Skeleton("Li"), script.Skeleton("Lu"), script.Skeleton("Amin"), script.Skeleton("Amina"))
	// Output:
	// mhmd mhmd mhmd mhmd
	// lea loa amn amna
}

func ExampleDeletions() {
	fmt.Println(script.Deletions("anna"))
	// Output: [nna ana ann]
}
