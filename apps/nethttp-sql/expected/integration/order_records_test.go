package integration

import (
	"testing"
)

func TestStoresAnOrderWithWhatIsRequiredAndFillsInStatus(t *testing.T) {
	cleanDB(t)
	user := createTestUser(t)

	order := insert(t, "orders", row{"user_id": user["id"], "total_cents": 2400})

	found := queryRow(t, "SELECT * FROM orders WHERE id = ?", order["id"])

	equal(t, found["user_id"], user["id"])
	equal(t, found["total_cents"], 2400)
	equal(t, found["status"], "pending")
	equal(t, found["payment_id"], nil)
}

func TestFindsAnOrderById(t *testing.T) {
	cleanDB(t)
	order := seedOrder(t)
	seedOrder(t)

	found := queryRow(t, "SELECT * FROM orders WHERE id = ?", order["id"])

	equal(t, found["id"], order["id"])
}

func TestChangesOnlyTheStatusOfAnOrder(t *testing.T) {
	cleanDB(t)
	order := seedOrder(t)
	seedOrder(t)
	before := snapshot(t, "orders", "-orders.status")

	update(t, "orders", row{"id": order["id"]}, row{"status": "cancelled"})

	savedOrder := findRow(t, "orders", row{"id": order["id"]})
	equal(t, savedOrder["status"], "cancelled")
	equal(t, snapshot(t, "orders", "-orders.status"), before)
}

func TestChangesTheTotalCentsAndPaymentIdOfAnOrderTogether(t *testing.T) {
	cleanDB(t)
	order := seedOrder(t)
	seedOrder(t)
	before := snapshot(t, "orders", "-orders.payment_id", "-orders.total_cents")

	update(t, "orders", row{"id": order["id"]}, row{"total_cents": 2400, "payment_id": "birch"})

	savedOrder := findRow(t, "orders", row{"id": order["id"]})
	contains(t, savedOrder, object{"total_cents": 2400, "payment_id": "birch"})
	equal(t, snapshot(t, "orders", "-orders.payment_id", "-orders.total_cents"), before)
}

func TestRemovesAnOrderAndNoOther(t *testing.T) {
	cleanDB(t)
	order := seedOrder(t)
	otherOrder := seedOrder(t)

	remove(t, "orders", row{"id": order["id"]})

	equal(t, countRows(t, "orders", row{"id": order["id"]}), 0)
	equal(t, countRows(t, "orders", row{"id": otherOrder["id"]}), 1)
}

func TestRefusesAnOrderWithoutARequiredField(t *testing.T) {
	cleanDB(t)
	user := createTestUser(t)

	_, err := tryInsert("orders", row{"user_id": user["id"], "total_cents": nil})
	refused(t, err, "not_null")
}

func TestCountsAndSumsOnlyTheOrdersOfOneUser(t *testing.T) {
	cleanDB(t)
	user := createTestUser(t)
	seedOrder(t, row{"user_id": user["id"], "total_cents": 1850})
	seedOrder(t, row{"user_id": user["id"], "total_cents": 2400})
	seedOrder(t, row{"total_cents": 1850})

	count := queryValue(t, "SELECT COUNT(*) FROM orders WHERE user_id = ?", user["id"])

	total := queryValue(t, "SELECT SUM(total_cents) FROM orders WHERE user_id = ?", user["id"])

	equal(t, count, 2)
	equal(t, total, 4250)
}

func TestSlicesOrdersInTheOrderOfTotalCents(t *testing.T) {
	cleanDB(t)
	seedOrder(t, row{"total_cents": 1850})
	seedOrder(t, row{"total_cents": 2400})
	seedOrder(t, row{"total_cents": 975})

	found := queryRows(t, "SELECT * FROM orders ORDER BY total_cents LIMIT 1 OFFSET 1")

	equal(t, pluck(found, "total_cents"), list{1850})
}
