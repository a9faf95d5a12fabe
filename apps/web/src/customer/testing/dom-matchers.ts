import { expect } from 'vitest'

/** What the tests of the customer pages ask of an element. */
interface DomMatchers<Result = unknown> {
  toBeInTheDocument: () => Result
  toHaveFocus: () => Result
  toBeChecked: () => Result
  toHaveValue: (value: string) => Result
  toHaveTextContent: (text: string) => Result
  toHaveAttribute: (name: string, value: string | null) => Result
  /** The texts that `aria-describedby` points to contain this. */
  toBeDescribedBy: (text: string) => Result
}

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: must repeat vitest's own declaration
  interface Matchers<T = any> extends DomMatchers<T> {}
}

function verdict(pass: boolean, found: unknown) {
  return { pass, message: () => `found ${String(found)}` }
}

expect.extend({
  toBeInTheDocument: (element: Element) => verdict(document.contains(element), element),
  toHaveFocus: (element: Element) => verdict(document.activeElement === element, document.activeElement?.outerHTML),
  toBeChecked: (element: HTMLInputElement) => verdict(element.checked, element.outerHTML),
  toHaveValue: (element: HTMLInputElement, value: string) => verdict(element.value === value, element.value),
  toHaveTextContent: (element: Element, text: string) =>
    verdict(element.textContent.includes(text), element.textContent),
  toHaveAttribute: (element: Element, name: string, value: string | null) =>
    verdict(element.getAttribute(name) === value, element.getAttribute(name)),
  toBeDescribedBy: (element: Element, text: string) => {
    const ids = element.getAttribute('aria-describedby')?.split(' ') ?? []
    const description = ids.map((id) => document.getElementById(id)?.textContent).join(' ')
    return verdict(description.includes(text), description)
  },
})
