// SPDX-License-Identifier: MIT
// What scripts/look-at-report puts at the end of a page to look at it from the inside: lines "ok -
// NAME" and "not ok - NAME: WHY" in a <pre id="looked">, or to the page that frames this one.
'use strict'
const lines = []
const check = (name, wrong) => lines.push(wrong.length ? `not ok - ${name}: ${wrong.slice(0, 4).join('; ')}` : `ok - ${name}`)
const all = selector => Array.from(document.querySelectorAll(selector))
const size = element => element.getBoundingClientRect()
const called = element => (element.textContent || element.tagName).trim().replace(/\s+/g, ' ').slice(0, 40)

// ---- pictures
function pictures() {
	const plots = all('svg.plot'), wrong = []
	if (!plots.length) wrong.push('none')
	for (const plot of plots) {
		const box = size(plot), name = plot.querySelector('title').textContent
		const marks = plot.querySelectorAll('use, polygon')
		if (box.width < 200 || box.height < 40) wrong.push(`${name}: ${box.width} by ${box.height}`)
		if (!marks.length) wrong.push(`${name}: no marks`)
		for (const mark of marks)
			if (!(size(mark).width > 0 && size(mark).height > 0)) wrong.push(`${name}: an invisible mark`)
		for (const text of plot.querySelectorAll('text')) {
			const at = size(text)
			if (at.left < box.left - 1 || at.right > box.right + 1 || at.top < box.top - 1 || at.bottom > box.bottom + 1)
				wrong.push(`${name}: "${called(text)}" is cut off`)
			if (!(at.width > 0)) wrong.push(`${name}: "${called(text)}" is invisible`)
		}
	}
	check(`${plots.length} pictures are drawn whole`, wrong)
}

// Labels of one picture that lie on each other cannot be read.
function overlaps() {
	const wrong = []
	for (const plot of all('svg.plot')) {
		const boxes = Array.from(plot.querySelectorAll('text'), text => [size(text), called(text)])
		boxes.forEach(([a, name], i) => boxes.slice(i + 1).forEach(([b, other]) => {
			if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3)
				wrong.push(`"${name}" and "${other}"`)
		}))
	}
	check('no label lies on another', wrong)
}

// ---- colours: WCAG 2.2, 1.4.3 and 1.4.11
const channels = colour => colour.match(/[\d.]+/g).map(Number)
function luminance(colour) {
	const [r, g, b] = channels(colour).map(c => c / 255).map(c => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
	return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
function contrast(a, b) {
	const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y)
	return (high + 0.05) / (low + 0.05)
}
function ground(element) {
	for (; element; element = element.parentElement) {
		const colour = getComputedStyle(element).backgroundColor
		if ((channels(colour)[3] ?? 1) > 0) return colour
	}
}
function readable() {
	const wrong = new Set(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
	while (walker.nextNode()) {
		const element = walker.currentNode.parentElement, box = size(element)
		if (!walker.currentNode.data.trim() || !box.width || element.closest('script, title, desc')) continue
		const style = getComputedStyle(element)
		const got = contrast(element.closest('svg') ? style.fill : style.color, ground(element))
		if (got < 4.5) wrong.add(`"${called(element)}" has ${got.toFixed(2)}`)
	}
	check('every text has a contrast of 4.5', [...wrong])
	const marks = new Set()
	for (const mark of all('svg.plot use, svg.key use')) {
		const got = contrast(getComputedStyle(mark).fill, ground(mark))
		if (got < 3) marks.add(`${mark.getAttribute('class')} has ${got.toFixed(2)}`)
	}
	check('every mark has a contrast of 3', [...marks])
}

// ---- tables
const value = text => parseFloat(text.replace(/,/g, ''))
function inOrder(texts, numeric, descending) {
	const way = descending ? -1 : 1
	const numbers = texts.map(value).filter(v => !isNaN(v))
	if (numeric) return numbers.every((v, i) => !i || way * (v - numbers[i - 1]) >= 0)
	return texts.every((v, i) => !i || way * v.localeCompare(texts[i - 1], 'en', {numeric: true}) >= 0)
}
function sorting() {
	const wrong = [], tables = all('table.sortable')
	if (!tables.length) wrong.push('no table')
	for (const table of tables) {
		const rows = table.tBodies[0].rows.length
		for (const column of table.tHead.rows[0].cells) {
			const button = column.querySelector('button')
			for (let times = 0; times < 2; times++) {
				button.click()
				const sorted = column.getAttribute('aria-sort'), numeric = column.classList.contains('n')
				const texts = Array.from(table.tBodies[0].rows)
					.filter(row => row.cells.length === table.tHead.rows[0].cells.length)
					.map(row => row.cells[column.cellIndex].textContent.trim())
				if (!inOrder(texts, numeric, sorted === 'descending')) wrong.push(`by "${called(column)}", ${sorted}`)
			}
			button.focus()
			if (document.activeElement !== button) wrong.push(`"${called(column)}" takes no focus`)
		}
		if (table.querySelectorAll('[aria-sort]').length !== 1) wrong.push('not one column is the sorted one')
		if (table.tBodies[0].rows.length !== rows) wrong.push('rows are lost')
	}
	check(`${tables.length} tables sort by every column, both ways`, wrong)
	document.activeElement.blur()
	scrollTo(0, 0)
}

// ---- the page
function layout() {
	const root = document.documentElement, wrong = []
	if (root.scrollWidth > innerWidth) {
		wrong.push(`${root.scrollWidth} in ${innerWidth}`)
		for (const element of all('body *'))
			if (size(element).right > innerWidth + 1 && !element.closest('.scroll')) wrong.push(called(element))
	}
	check(`nothing reaches over the edge of ${innerWidth} pixels`, wrong)
	const levels = all('h1, h2, h3').map(heading => +heading.tagName[1])
	check('headings step down one by one', levels.filter((level, i) => level > (levels[i - 1] || 0) + 1).map(l => `h${l}`))
	check('what scrolls takes the focus', all('.scroll').filter(box => box.tabIndex !== 0 || !box.getAttribute('aria-label')).map(called))
}
function first() {
	const wrong = []
	for (const part of ['h1', '.lead', '.strips'])
		if (!document.querySelector(part) || size(document.querySelector(part)).top > innerHeight) wrong.push(part)
	check('the first screen has headline, noise and filters', wrong)
}
function loading() {
	const requests = performance.getEntriesByType('resource').map(entry => entry.name)
	check('nothing was requested', requests)
	const {responseStart, loadEventEnd} = performance.getEntriesByType('navigation')[0]
	lines.push(`# loaded in ${Math.round(loadEventEnd - responseStart)} ms`)
}

function look() {
	const dark = matchMedia('(prefers-color-scheme: dark)').matches
	all('details').forEach(details => { details.open = true })
	lines.push(`# ${dark ? 'dark' : 'light'}, ${innerWidth} by ${innerHeight}`)
	for (const part of [first, layout, pictures, overlaps, readable, sorting, loading]) part()
	if (parent !== window) return parent.postMessage(lines.join('\n'), '*')
	const report = document.createElement('pre')
	report.id = 'looked'
	report.textContent = `\n${lines.join('\n')}\n`
	document.body.append(report)
}
addEventListener('load', () => setTimeout(look, 0))
