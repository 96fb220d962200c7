package models

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Date is a day without a time; JSON and the database have it as 2006-01-02.
type Date struct{ time.Time }

// ParseDate reads a day as it stands in JSON.
func ParseDate(text string) (Date, error) {
	day, err := time.Parse(time.DateOnly, text)
	return Date{day}, err
}

// MarshalJSON writes the day in quotes.
func (d Date) MarshalJSON() ([]byte, error) {
	return []byte(`"` + d.Format(time.DateOnly) + `"`), nil
}

// Value hands the day to the database.
func (d Date) Value() (driver.Value, error) {
	return d.Format(time.DateOnly), nil
}

// Scan takes the day from the database.
func (d *Date) Scan(value any) error {
	day, ok := value.(time.Time)
	if !ok {
		return fmt.Errorf("cannot read a date from %T", value)
	}
	d.Time = day
	return nil
}
