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

	found := queryRow(t, "SELECT * FROM order_items WHERE id = ?", orderItem["id"])

	equal(t, found["order_id"], order["id"])
	equal(t, found["book_id"], book["id"])
	equal(t, found["quantity"], 3)
	equal(t, found["unit_price_cents"], 2400)
}

func TestFindsAnOrderItemById(t *testing.T) {
	cleanDB(t)
	orderItem := seedOrderItem(t)
	seedOrderItem(t)

	found := queryRow(t, "SELECT * FROM order_items WHERE id = ?", orderItem["id"])

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

func TestCountsAndSumsOnlyTheOrderItemsOfOneOrder(t *testing.T) {
	cleanDB(t)
	order := seedOrder(t)
	seedOrderItem(t, row{"order_id": order["id"], "quantity": 2})
	seedOrderItem(t, row{"order_id": order["id"], "quantity": 3})
	seedOrderItem(t, row{"quantity": 2})

	count := queryValue(t, "SELECT COUNT(*) FROM order_items WHERE order_id = ?", order["id"])

	total := queryValue(t, "SELECT SUM(quantity) FROM order_items WHERE order_id = ?", order["id"])

	equal(t, count, 2)
	equal(t, total, 5)
}

func TestSlicesOrderItemsInTheOrderOfQuantity(t *testing.T) {
	cleanDB(t)
	seedOrderItem(t, row{"quantity": 2})
	seedOrderItem(t, row{"quantity": 3})
	seedOrderItem(t, row{"quantity": 5})

	found := queryRows(t, "SELECT * FROM order_items ORDER BY quantity LIMIT 1 OFFSET 1")

	equal(t, pluck(found, "quantity"), list{3})
}
