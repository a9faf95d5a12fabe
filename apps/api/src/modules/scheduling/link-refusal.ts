import type { LinkRefusal } from '../../domain/scheduling-token.ts'
import { AppError, type ProblemMembers } from '../../errors/app-error.ts'
import type { SchedulingLinkRow } from './repository.ts'

/** Whom the holder of a link may turn to. */
export function linkOrganization({
  settings,
}: Pick<SchedulingLinkRow, 'settings'>): NonNullable<ProblemMembers['organization']> {
  return {
    name: settings.name,
    supportEmail: settings.supportEmail,
    supportPhone: settings.supportPhone,
    logoUrl: settings.logoUrl,
    primaryColor: settings.primaryColor,
  }
}

/** The refusal of a link that opens nothing any more, naming the organization, so that its page can offer a next step. */
export function linkRefusal(link: Pick<SchedulingLinkRow, 'settings'>, reason: LinkRefusal): AppError {
  return new AppError(reason, { organization: linkOrganization(link) })
}
