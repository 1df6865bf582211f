using System.Globalization;
using UserManagement.AdminUi.Http;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Plans;

namespace UserManagement.AdminUi.PlanPages;

/// <summary>What of a plan is said on more than one page.</summary>
internal static class PlanWords
{
    /// <summary>What is left of the mails, in a sentence; null where any number may be sent.</summary>
    /// <param name="mails">What is left.</param>
    /// <param name="isOver">Whether the trial is over.</param>
    public static string? Left(MailsLeft mails, bool isOver) =>
        mails switch
        {
            _ when isOver => "No invitations are mailed any more: the trial is over",
            { Limit: null } => null,
            { Left: 0, IsInAll: true, Limit: { } all } =>
                $"{Frame.Number(all)} of {Frame.Number(all)} invitation mails of this plan are used",
            { Left: 0 } => "No more invitations can be mailed today",
            { Left: { } left, IsInAll: true, Limit: { } all } =>
                $"{Frame.Number(left)} of {Frame.Number(all)} invitation mails are left in all",
            { Left: { } left, Limit: { } day } => $"{Frame.Number(left)} of {Frame.Number(day)} invitations can be mailed today",
            _ => null,
        };

    /// <summary>The name of a tier.</summary>
    public static string Tier(PlanTier? tier) =>
        tier switch
        {
            null => "None named",
            PlanTier.Trial => "Trial",
            PlanTier.Business => "Business",
            PlanTier.Pilot => "Pilot",
            PlanTier.Enterprise => "Enterprise",
            _ => "Another",
        };

    /// <summary>A day for people.</summary>
    public static string Day(DateOnly day) => day.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
}
