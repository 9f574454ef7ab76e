package ads

import "fmt"

func Show(googletag Tag) {
	googletag.Display("top")
	fmt.Println(googletag.Slots("bidder"))
}
