import type { Page } from '@playwright/test'
import { linkIn } from '../src/product.ts'
import { call, newCustomer, submitForm, TINA, TOM, tokenOf } from '../src/story.ts'
import { choose, expect, fillSignIn, rowOf, signIn, test } from '../src/test.ts'

const ALREADY_CLAIMED = 'This request has already been claimed by another trainer.'
const MINUTE = 60_000

test.describe('Claiming and Running Sessions', () => {
  test.afterEach(({ product }) => product.moveClock(null))

  test('a request becomes a completed and rated session, as the guide tells it', async ({
    page: tina,
    newPerson,
    product,
    consoleErrors,
  }) => {
    test.setTimeout(180_000)
    const customer = newCustomer('Nora Quinn')
    const nora = await newPerson()
    const tom = await newPerson()
    let requestPath = ''
    let link = ''
    let bookingId = ''
    let end = new Date(0)

    await test.step('Before You Begin: the schedule has open hours, and Tina wants a copy of confirmations', async () => {
      await signIn(tina, TINA)
      await tina.getByRole('link', { name: 'Schedule', exact: true }).click()
      await expect(tina.getByRole('heading', { name: 'My Schedule' })).toBeVisible()
      await expect(tina.getByRole('region', { name: 'Weekly hours' })).toContainText('Monday to Friday')
      await tina.getByRole('link', { name: 'Settings', exact: true }).click()
      const copies = tina.getByRole('switch', { name: 'Session confirmed' })
      await copies.click({ force: true })
      await expect(copies).toBeChecked()
    })

    await test.step('A customer submits a request', async () => {
      await nora.goto('/f/demo/support')
      await nora.getByLabel('Name').fill(customer.name)
      await nora.getByLabel('Email').fill(customer.email)
      await nora.getByLabel('Phone').fill('+1 212 555 0123')
      await nora.getByRole('group', { name: 'Topic area' }).getByLabel('WordPress').check()
      await nora.getByRole('group', { name: 'Preferred timeframe' }).getByLabel('This week').check()
      await nora.getByLabel('Describe the issue').fill('The menu is gone on phones since the last update.')
      await nora.getByRole('button', { name: 'Submit' }).click()
      await expect(nora.getByRole('heading', { name: 'We received your request' })).toBeVisible()
      const received = await product.mail(customer.email, 'We received your request')
      expect(received.text).toContain('Demo Support')
    })

    await test.step('Step 1: both matching trainers get “New request available” with a direct link', async () => {
      const [own] = (await listed(product, customer.name)).map((one) => one.id)
      const about = { text: `/o/demo/requests/${own}` }
      const mail = await product.mail(TINA, 'New request available', ({ text }) => text.includes(about.text))
      await product.mail(TOM, 'New request available', ({ text }) => text.includes(about.text))
      for (const secret of [customer.name, customer.email, '555 0123', 'The menu is gone'])
        expect(`${mail.text} ${mail.html}`).not.toContain(secret)
      requestPath = new URL(linkIn(mail, '/o/demo/requests/')).pathname

      await tina.getByRole('link', { name: 'Dashboard', exact: true }).click()
      await expect(tina.getByRole('heading', { level: 2 })).toHaveText([
        'My Upcoming Sessions',
        'My Requests',
        'New Requests',
      ])
      await expect(rowOf(tina, 'New Requests', customer.name)).toContainText('Eligible Trainers Notified')
    })

    await test.step('Step 2: View shows the Request Details', async () => {
      await rowOf(tina, 'New Requests', customer.name).getByRole('link', { name: /^View/ }).click()
      await expect(tina.getByRole('heading', { name: 'Request Details' })).toBeVisible()
      await expect(tina).toHaveURL(new URL(requestPath, product.origin).href)
      await expect(tina.getByRole('region', { name: 'Customer' })).toContainText(customer.name)
      await expect(tina.getByRole('link', { name: customer.email })).toBeVisible()
      await expect(tina.getByRole('link', { name: '+1 212 555 0123' })).toBeVisible()
      const answers = tina.getByRole('region', { name: 'Answers' })
      await expect(answers).toContainText(/Topic area\s*WordPress/)
      await expect(answers).toContainText(/Preferred timeframe\s*This week/)
      await expect(answers).toContainText('The menu is gone on phones since the last update.')
      await expect(tina.getByText('Remote support', { exact: true })).toBeVisible()
      await expect(tina.getByText('Eligible Trainers Notified', { exact: true })).toBeVisible()
    })

    await test.step('Step 2, the other way: the link in the email leads through sign-in to the same page', async () => {
      const mail = await product.mail(TOM, 'New request available', ({ text }) => text.includes(requestPath))
      await tom.goto(linkIn(mail, '/o/demo/requests/'))
      await fillSignIn(tom, TOM)
      await expect(tom.getByRole('heading', { name: 'Request Details' })).toBeVisible()
      await expect(tom.getByRole('button', { name: 'Claim This Request' })).toBeVisible()
    })

    await test.step('Step 3: Claim This Request', async () => {
      await tina.getByRole('button', { name: 'Claim This Request' }).click()
      await expect(tina.getByText('Claimed by Trainer', { exact: true })).toBeVisible()
      await expect(tina.getByRole('button', { name: 'Claim This Request' })).toBeHidden()
    })

    await test.step('Step 3, for the other trainer: the open page turns into the message and the way back', async () => {
      consoleErrors.expect(/409/)
      await expect(tom.getByText(ALREADY_CLAIMED, { exact: true })).toBeVisible()
      await expect(tom.getByText(customer.name)).toBeHidden()
      await tom.getByRole('link', { name: 'Back to the Dashboard' }).click()
      await expect(tom.getByRole('heading', { name: 'New Requests' })).toBeVisible()
      await expect(rowOf(tom, 'New Requests', customer.name)).toBeHidden()
      const { status, body } = await call<{ code: string; detail: string }>(product, 'POST', claimPath(requestPath), {
        token: await tokenOf(product, TOM),
      })
      expect({ status, code: body.code, detail: body.detail }).toEqual({
        status: 409,
        code: 'request_already_claimed',
        detail: ALREADY_CLAIMED,
      })
    })

    await test.step('Step 3, note: the Session Type can be changed before the link is sent', async () => {
      await tina.getByRole('link', { name: 'Dashboard', exact: true }).first().click()
      const mine = rowOf(tina, 'My Requests', customer.name)
      await expect(mine).toContainText('Claimed by Trainer')
      await mine.getByRole('link', { name: /^View/ }).click()
      const sessionType = tina.getByLabel('Session Type')
      await expect(sessionType).toHaveValue(await optionValue(tina, 'Remote support'))
      await sessionType.selectOption('Deep dive')
      await expect(tina.getByText('Session type is now Deep dive.')).toBeVisible()
      await sessionType.selectOption('Remote support')
      await expect(tina.getByText('Session type is now Remote support.')).toBeVisible()
    })

    await test.step('Step 4: Send Scheduling Link', async () => {
      await expect(tina.getByText('Claimed by Trainer', { exact: true })).toBeVisible()
      await tina.getByRole('button', { name: 'Send Scheduling Link', exact: true }).click()
      await expect(tina.getByText('Customer Scheduling', { exact: true })).toBeVisible()
      await expect(tina.getByRole('region', { name: 'Scheduling link' })).toContainText('Sent at')
      link = linkIn(await product.mail(customer.email, 'Choose a time for your session'), '/book/')
    })

    await test.step('Step 4, if the customer goes quiet: Resend Scheduling Link invalidates the previous one', async () => {
      await tina.getByRole('button', { name: 'Resend Scheduling Link' }).click()
      const fresh = await product.mail(
        customer.email,
        'Choose a time for your session',
        (mail) => linkIn(mail, '/book/') !== link,
      )
      consoleErrors.expect(/410/)
      await nora.goto(link)
      await expect(nora.getByRole('heading', { name: 'There is a newer link' })).toBeVisible()
      await expect(nora.getByRole('button', { name: 'Ask for a new link' })).toBeVisible()
      link = linkIn(fresh, '/book/')
    })

    await test.step('Step 5: the customer picks a day, a time and a length', async () => {
      await tina.getByRole('link', { name: 'Dashboard', exact: true }).first().click()
      await expect(rowOf(tina, 'My Requests', customer.name)).toContainText('Customer Scheduling')

      await nora.goto(link)
      await expect(nora.getByRole('heading', { name: 'Remote support', level: 1 })).toBeVisible()
      await expect(nora.getByText('with Tina')).toBeVisible()
      await choose(nora.getByRole('group', { name: 'Length' }).getByLabel('1 h'))
      const days = nora.getByRole('group', { name: 'Choose a day' })
      await choose(days.getByRole('radio', { name: /[1-9]\d* free times?$/ }).nth(1))
      await choose(
        nora
          .getByRole('group', { name: /^Times on / })
          .getByRole('radio')
          .first(),
      )
      const chosen = nora.getByRole('region', { name: 'Your time' })
      await expect(chosen).toContainText('$80.00')
      await expect(chosen).toContainText('Held for 1 h while you pay.')
      await chosen.getByRole('button', { name: 'Continue to payment' }).click()
      await expect(nora.getByText('Test checkout – no real money')).toBeVisible()
    })

    await test.step('Step 5, on the dashboard: Pending Payment once checkout has begun', async () => {
      await expect(rowOf(tina, 'My Requests', customer.name)).toContainText('Pending Payment')
      await expect(rowOf(tina, 'My Upcoming Sessions', customer.name)).toBeHidden()
    })

    await test.step('Step 5: the customer pays online', async () => {
      await nora.getByRole('button', { name: 'Pay $80.00' }).click()
      await expect(nora.getByRole('heading', { name: 'Payment received' })).toBeVisible()
      await expect(
        nora.getByText('We received your payment. Your trainer will confirm your session shortly.'),
      ).toBeVisible()
      const mail = await product.mail(customer.email, 'We received your payment')
      expect(mail.text).toContain('Your trainer will confirm your session shortly.')
    })

    await test.step('Step 6: Confirm Payment', async () => {
      const session = rowOf(tina, 'My Upcoming Sessions', customer.name)
      await expect(session).toContainText('Pending Payment')
      await expect(session).toContainText('Paid, awaiting you')
      await session.getByRole('button', { name: 'Confirm Payment' }).click()
      await expect(session).toContainText('Confirmed')
      await expect(session.getByRole('button', { name: 'Confirm Payment' })).toBeHidden()
      const path = await session.getByRole('link', { name: /^View/ }).getAttribute('href')
      bookingId = path?.split('/').at(-1) ?? ''
    })

    await test.step('Step 6: the customer gets the date, time and details, with an entry for the calendar', async () => {
      const token = await tokenOf(product, TINA)
      const booking = await call<{ start: string; end: string }>(
        product,
        'GET',
        `/v1/organizations/demo/bookings/${bookingId}`,
        { token },
      )
      end = new Date(booking.body.end)
      const mail = await product.mail(customer.email, 'Your session is confirmed')
      expect(mail.text).toContain(timeIn(booking.body.start, 'America/New_York'))
      expect(mail.text).toContain('Remote support')
      const entry = mail.attachments.find(({ filename }) => filename.endsWith('.ics'))
      const calendar = Buffer.from(entry?.contentBase64 ?? '', 'base64').toString('utf8')
      expect(calendar).toContain('BEGIN:VCALENDAR')
      expect(calendar).toContain(booking.body.start.replaceAll(/[-:]|\.\d+/g, ''))
      await expect(nora.getByRole('heading', { name: 'Your session is booked' })).toBeVisible({ timeout: 20_000 })

      const copy = await product.mail(TINA, 'A session is confirmed', ({ text }) => text.includes(customer.name))
      expect(copy.text).toContain(timeIn(booking.body.start, 'America/Chicago'))
      await expect
        .poll(async () => (await product.calendarEvents(bookingId)).map(({ startAt, endAt }) => [startAt, endAt]))
        .toEqual([[iso(booking.body.start), iso(booking.body.end)]])
    })

    await test.step('Step 7: Open in Zoho Assist, in the Session link column', async () => {
      const table = tina.getByRole('table', { name: 'My Upcoming Sessions' })
      const headers = await table.getByRole('columnheader').allInnerTexts()
      const column = headers.findIndex((header) => header.trim().toLowerCase() === 'session link')
      const cell = rowOf(tina, 'My Upcoming Sessions', customer.name).getByRole('cell').nth(column)
      const join = cell.getByRole('link', { name: 'Open in Zoho Assist' })
      await expect(join).toBeVisible()
      const opened = tina.waitForEvent('popup')
      await join.click()
      const session = await opened
      await expect(session.getByText('You joined as the trainer.')).toBeVisible()
      await session.close()
    })

    await test.step('Step 8: Mark Complete appears once the end time has passed', async () => {
      const session = rowOf(tina, 'My Upcoming Sessions', customer.name)
      await expect(session.getByRole('button', { name: 'Mark Complete' })).toBeHidden()
      await product.moveClock(new Date(end.getTime() + MINUTE))
      await tina.reload()
      await session.getByRole('button', { name: 'Mark Complete' }).click()
      await expect(tina.getByText(`Session with ${customer.name} marked complete.`)).toBeVisible()
      await expect(session).toBeHidden()
      await expect(rowOf(tina, 'My Requests', customer.name)).toBeHidden()
      await tina.goto(`/o/demo/bookings/${bookingId}`)
      await expect(tina.getByText('Completed', { exact: true })).toBeVisible()
      await tina.getByRole('link', { name: 'View the request' }).click()
      await expect(tina.getByRole('heading', { name: 'Request Details' })).toBeVisible()
      await expect(tina.getByText('The session is over and recorded.')).toBeVisible()
    })

    await test.step('Step 8: the payout is recorded, once', async () => {
      const token = await tokenOf(product, TINA)
      const path = '/v1/organizations/demo/payouts'
      const { body } = await call<{ data: { bookingId: string; kind: string; amount: { amount: number } }[] }>(
        product,
        'GET',
        path,
        { token },
      )
      const own = body.data.filter((line) => line.bookingId === bookingId)
      expect(own.map(({ kind, amount }) => [kind, amount.amount])).toEqual([['earned', 5600]])
    })

    await test.step('Step 8: the customer receives a feedback request and rates the session', async () => {
      const mail = await product.mail(customer.email, 'How was your session?')
      await nora.goto(linkIn(mail, '/feedback/'))
      await expect(nora.getByRole('heading', { name: 'How was your session with Tina?' })).toBeVisible()
      await choose(nora.getByRole('group', { name: 'Your rating' }).getByLabel('5 – Excellent'))
      await nora.getByLabel('What went well, what could be better?').fill('Quick, friendly, and now I know why.')
      await nora.getByRole('button', { name: 'Send feedback' }).click()
      await expect(nora.getByRole('heading', { name: 'Thank you for your feedback' })).toBeVisible()

      await tina.goto(`/o/demo/bookings/${bookingId}`)
      const feedback = tina.getByRole('region', { name: 'Feedback' })
      await expect(feedback).toContainText('5 of 5')
      await expect(feedback).toContainText('Quick, friendly, and now I know why.')
    })
  })

  test('of two trainers who click Claim This Request at the same moment, one wins and one reads why not', async ({
    page: tina,
    newPerson,
    product,
    consoleErrors,
  }) => {
    const tom = await newPerson()
    const { requestId } = await submitForm(product, newCustomer('Omar Diaz'))
    await Promise.all([signIn(tina, TINA), signIn(tom, TOM)])
    // Both requests are on their way before either arrives: neither page can know of the other's click.
    let onTheirWay = 0
    let letGo = () => {}
    const bothOnTheirWay = new Promise<void>((resolve) => {
      letGo = resolve
    })
    for (const page of [tina, tom]) {
      await page.route('**/claim', async (route) => {
        onTheirWay += 1
        if (onTheirWay === 2) letGo()
        await bothOnTheirWay
        await route.continue()
      })
      await page.goto(`/o/demo/requests/${requestId}`)
    }
    consoleErrors.expect(/409/)

    await Promise.all([tina, tom].map((page) => page.getByRole('button', { name: 'Claim This Request' }).click()))

    const outcome = (page: Page) =>
      page
        .getByText('Claimed by Trainer', { exact: true })
        .or(page.getByText(ALREADY_CLAIMED, { exact: true }))
        .textContent()
    expect((await Promise.all([tina, tom].map(outcome))).sort()).toEqual(['Claimed by Trainer', ALREADY_CLAIMED])
  })
})

function claimPath(requestPath: string): string {
  return `/v1/organizations/demo/requests/${requestPath.split('/').at(-1)}/claim`
}

async function listed(product: Parameters<typeof tokenOf>[0], words: string): Promise<{ id: string }[]> {
  const path = `/v1/organizations/demo/requests?${new URLSearchParams({ view: 'all', q: words })}`
  return (
    await call<{ data: { id: string }[] }>(product, 'GET', path, { token: await tokenOf(product, 'admin@demo.test') })
  ).body.data
}

async function optionValue(page: Page, label: string): Promise<string> {
  return (await page.getByRole('option', { name: label, exact: true }).getAttribute('value')) ?? ''
}

function iso(instant: string): string {
  return new Date(instant).toISOString()
}

/** "10:30" of an instant in a zone, which every way of writing a time contains. */
function timeIn(instant: string, timeZone: string): string {
  return new Intl.DateTimeFormat('en-US', { hour: 'numeric', minute: '2-digit', timeZone, hour12: true })
    .format(new Date(instant))
    .replace(/\s?[AP]M$/, '')
}
