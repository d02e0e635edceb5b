/* SPDX-License-Identifier: MIT */
'use strict'
// Tables sort by their column heads, which become buttons; without this script they stay as they are.
const number = text => parseFloat(text.replace(/,/g, ''))
const order = new Intl.Collator('en', {numeric: true}).compare

function sort(table, column, descending) {
	const body = table.tBodies[0], numeric = column.classList.contains('n')
	const text = row => row.cells[Math.min(column.cellIndex, row.cells.length - 1)].textContent.trim()
	const missing = row => numeric && isNaN(number(text(row)))
	const rows = Array.from(body.rows)
	rows.sort((a, b) => {
		// What is missing stays below, whatever the direction.
		if (missing(a) || missing(b)) return missing(a) - missing(b)
		const way = numeric ? number(text(a)) - number(text(b)) : order(text(a), text(b))
		return descending ? -way : way
	})
	body.append(...rows)
}

for (const table of document.querySelectorAll('table.sortable')) {
	const columns = Array.from(table.tHead.rows[0].cells)
	for (const column of columns) {
		const button = document.createElement('button')
		button.type = 'button'
		button.append(...column.childNodes)
		column.append(button)
		button.addEventListener('click', () => {
			const was = column.getAttribute('aria-sort')
			const descending = was ? was === 'ascending' : column.classList.contains('n')
			for (const other of columns) other.removeAttribute('aria-sort')
			column.setAttribute('aria-sort', descending ? 'descending' : 'ascending')
			sort(table, column, descending)
		})
	}
}
