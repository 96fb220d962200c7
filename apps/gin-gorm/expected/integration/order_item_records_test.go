package integration

import (
	"testing"
)

func TestStoresAnOrderItemWithWhatIsRequired(t *testing.T) {
	cleanDB(t)
	order := seedOrder(t)
	book := seedBook(t)

	orderItem := insert(t, "order_items", row{
		"order_id":         order["id"],
		"book_id":          book["id"],
		"quantity":         3,
		"unit_price_cents": 2400,
	})

	found := queryRow(t, "SELECT * FROM order_items WHERE id = $1", orderItem["id"])

	equal(t, found["order_id"], order["id"])
	equal(t, found["book_id"], book["id"])
	equal(t, found["quantity"], 3)
	equal(t, found["unit_price_cents"], 2400)
}

func TestFindsAnOrderItemById(t *testing.T) {
	cleanDB(t)
	orderItem := seedOrderItem(t)
	seedOrderItem(t)

	found := queryRow(t, "SELECT * FROM order_items WHERE id = $1", orderItem["id"])

	equal(t, found["id"], orderItem["id"])
}

func TestChangesOnlyTheQuantityOfAnOrderItem(t *testing.T) {
	cleanDB(t)
	orderItem := seedOrderItem(t)
	seedOrderItem(t)
	before := snapshot(t, "order_items", "-order_items.quantity")

	update(t, "order_items", row{"id": orderItem["id"]}, row{"quantity": 3})

	savedOrderItem := findRow(t, "order_items", row{"id": orderItem["id"]})
	equal(t, savedOrderItem["quantity"], 3)
	equal(t, snapshot(t, "order_items", "-order_items.quantity"), before)
}

func TestChangesTheQuantityAndUnitPriceCentsOfAnOrderItemTogether(t *testing.T) {
	cleanDB(t)
	orderItem := seedOrderItem(t)
	seedOrderItem(t)
	before := snapshot(t, "order_items", "-order_items.quantity", "-order_items.unit_price_cents")

	update(t, "order_items", row{"id": orderItem["id"]}, row{
		"quantity":         3,
		"unit_price_cents": 2400,
	})

	savedOrderItem := findRow(t, "order_items", row{"id": orderItem["id"]})
	contains(t, savedOrderItem, object{"quantity": 3, "unit_price_cents": 2400})
	equal(
		t,
		snapshot(t, "order_items", "-order_items.quantity", "-order_items.unit_price_cents"),
		before,
	)
}

func TestRemovesAnOrderItemAndNoOther(t *testing.T) {
	cleanDB(t)
	orderItem := seedOrderItem(t)
	otherOrderItem := seedOrderItem(t)

	remove(t, "order_items", row{"id": orderItem["id"]})

	equal(t, countRows(t, "order_items", row{"id": orderItem["id"]}), 0)
	equal(t, countRows(t, "order_items", row{"id": otherOrderItem["id"]}), 1)
}

func TestRefusesTwoOrderItemsWithTheSameOrderAndBook(t *testing.T) {
	cleanDB(t)
	orderItem := seedOrderItem(t)

	_, err := tryInsert("order_items", row{
		"quantity":         3,
		"unit_price_cents": 2400,
		"order_id":         orderItem["order_id"],
		"book_id":          orderItem["book_id"],
	})
	refused(t, err, "unique")
}

func TestRefusesAnOrderItemOfAnOrderThatIsNotThere(t *testing.T) {
	cleanDB(t)
	book := seedBook(t)

	_, err := tryInsert("order_items", row{
		"book_id":          book["id"],
		"quantity":         3,
		"unit_price_cents": 2400,
		"order_id":         999999,
	})
	refused(t, err, "foreign_key")
}

func TestRefusesAnOrderItemOfABookThatIsNotThere(t *testing.T) {
	cleanDB(t)
	order := seedOrder(t)

	_, err := tryInsert("order_items", row{
		"order_id":         order["id"],
		"quantity":         3,
		"unit_price_cents": 2400,
		"book_id":          999999,
	})
	refused(t, err, "foreign_key")
}

func TestRefusesAnOrderItemWithoutARequiredField(t *testing.T) {
	tests := []struct {
		name           string
		quantity       any
		unitPriceCents any
	}{
		{"no quantity", nil, 2400},
		{"no unit price cents", 3, nil},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			cleanDB(t)
			order := seedOrder(t)
			book := seedBook(t)

			_, err := tryInsert("order_items", row{
				"order_id":         order["id"],
				"book_id":          book["id"],
				"quantity":         tc.quantity,
				"unit_price_cents": tc.unitPriceCents,
			})
			refused(t, err, "not_null")
		})
	}
}

func TestRefusesAnOrderItemOutsideItsChecks(t *testing.T) {
	tests := []struct {
		name     string
		quantity int
	}{
		{"a quantity of 0", 0},
		{"a quantity of 101", 101},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			cleanDB(t)
			order := seedOrder(t)
			book := seedBook(t)

			_, err := tryInsert("order_items", row{
				"order_id":         order["id"],
				"book_id":          book["id"],
				"quantity":         tc.quantity,
				"unit_price_cents": 2400,
			})
			refused(t, err, "check")
		})
	}
}

func TestLeadsFromAnOrderItemToItsBook(t *testing.T) {
	cleanDB(t)
	seedBook(t)
	book := seedBook(t)
	orderItem := seedOrderItem(t, row{"book_id": book["id"]})

	found := queryRow(
		t,
		"SELECT books.* FROM order_items JOIN books ON books.id = order_items.book_id WHERE order_items.id = $1",
		orderItem["id"],
	)

	equal(t, found["id"], book["id"])
}

func TestCountsAndSumsOnlyTheOrderItemsOfOneOrder(t *testing.T) {
	cleanDB(t)
	order := seedOrder(t)
	seedOrderItem(t, row{"order_id": order["id"], "unit_price_cents": 1850})
	seedOrderItem(t, row{"order_id": order["id"], "unit_price_cents": 2400})
	seedOrderItem(t, row{"unit_price_cents": 1850})

	count := queryValue(t, "SELECT COUNT(*) FROM order_items WHERE order_id = $1", order["id"])

	total := queryValue(
		t,
		"SELECT SUM(unit_price_cents) FROM order_items WHERE order_id = $1",
		order["id"],
	)

	equal(t, count, 2)
	equal(t, total, 4250)
}

func TestSlicesOrderItemsInTheOrderOfUnitPriceCents(t *testing.T) {
	cleanDB(t)
	seedOrderItem(t, row{"unit_price_cents": 1850})
	seedOrderItem(t, row{"unit_price_cents": 2400})
	seedOrderItem(t, row{"unit_price_cents": 975})

	found := queryRows(t, "SELECT * FROM order_items ORDER BY unit_price_cents LIMIT 1 OFFSET 1")

	equal(t, pluck(found, "unit_price_cents"), list{1850})
}
