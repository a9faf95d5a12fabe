import { lazy, Suspense } from 'react'
import { BrowserRouter, Route, Routes } from 'react-router'
import { ScreenBoundary } from '../components/screen-boundary.tsx'
import { OrganizationFrame } from './organization-frame.tsx'
import { PATTERNS } from './paths.ts'
import { Home } from './routes/home.tsx'

// Each screen is its own file of code, fetched when it is first opened.
const SignIn = lazy(() => import('./routes/sign-in.tsx'))
const SignUp = lazy(() => import('./routes/sign-up.tsx'))
const Dashboard = lazy(() => import('./routes/dashboard.tsx'))
const RequestDetails = lazy(() => import('./routes/request-details.tsx'))
const BookingDetails = lazy(() => import('./routes/booking-details.tsx'))
const Schedule = lazy(() => import('./routes/schedule.tsx'))
const Settings = lazy(() => import('./routes/settings.tsx'))
const AllRequests = lazy(() => import('./routes/all-requests.tsx'))
const AllBookings = lazy(() => import('./routes/all-bookings.tsx'))
const Payments = lazy(() => import('./routes/payments.tsx'))
const Integrations = lazy(() => import('./routes/integrations.tsx'))
const OrganizationSettings = lazy(() => import('./routes/organization-settings.tsx'))
const ApiKeys = lazy(() => import('./routes/api-keys.tsx'))
const NotFound = lazy(() => import('./routes/not-found.tsx'))

/** The screens by address, without the browser's address bar: tests bring their own. */
export function Screens() {
  return (
    <ScreenBoundary>
      <Suspense fallback={null}>
        <Routes>
          <Route path="/" element={<Home />} />
          <Route path={PATTERNS.signIn} element={<SignIn />} />
          <Route path={PATTERNS.signUp} element={<SignUp />} />
          <Route path={PATTERNS.organization} element={<OrganizationFrame />}>
            <Route index element={<Dashboard />} />
            <Route path={PATTERNS.request} element={<RequestDetails />} />
            <Route path={PATTERNS.booking} element={<BookingDetails />} />
            <Route path={PATTERNS.schedule} element={<Schedule />} />
            <Route path={PATTERNS.settings} element={<Settings />} />
            <Route path={PATTERNS.allRequests} element={<AllRequests />} />
            <Route path={PATTERNS.allBookings} element={<AllBookings />} />
            <Route path={PATTERNS.payments} element={<Payments />} />
            <Route path={PATTERNS.integrations} element={<Integrations />} />
            <Route path={PATTERNS.organizationSettings} element={<OrganizationSettings />} />
            <Route path={PATTERNS.apiKeys} element={<ApiKeys />} />
            <Route path="*" element={<NotFound />} />
          </Route>
          <Route
            path="*"
            element={
              <main>
                <NotFound />
              </main>
            }
          />
        </Routes>
      </Suspense>
    </ScreenBoundary>
  )
}

export function Router() {
  return (
    <BrowserRouter>
      <Screens />
    </BrowserRouter>
  )
}
