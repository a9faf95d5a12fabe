/** What all customer pages say alike, in English. */
export const pageWords = {
  tryAgain: 'Try again',
  requestId: 'For support:',
  copy: 'copy',
  copied: 'Copied',
  loading: 'Loading',
  notFoundTitle: 'There is no page here',
  notFoundText:
    'Check that you copied all of the link from the email. If it still does not open, write to whoever sent it to you.',
  brokenTitle: 'This page could not be shown',
  brokenText:
    'Nothing that you sent was lost. Load the page again; if that does not help, write to whoever sent you the link.',
  reload: 'Load the page again',
} as const
