namespace UserManagement.Membership.Workspaces;

/// <summary>What becomes of newcomers, limits and invitations.</summary>
internal sealed partial class ConfigurationEffects
{
    private void Joining()
    {
        if (wanted.Join.DefaultRole != now.Join.DefaultRole)
        {
            Add(
                EffectKind.Changes,
                "defaultRole",
                $"Newcomers for whom no role is named come in as {LabelOf(wanted, wanted.Join.DefaultRole)}, not as "
                    + $"{LabelOf(now, now.Join.DefaultRole)}. Who is in or invited stays as they are."
            );
        }

        if (wanted.Join.DefaultLicense != now.Join.DefaultLicense)
        {
            Add(
                EffectKind.Changes,
                "defaultLicense",
                wanted.License(wanted.Join.DefaultLicense) is { } license
                    ? $"Newcomers for whom no license is named get {license.Label}."
                    : "Newcomers for whom no license is named get none."
            );
        }

        if (wanted.Join.FallbackRole != now.Join.FallbackRole && wanted.Role(wanted.Join.FallbackRole) is { } fallback)
        {
            Add(EffectKind.Changes, "fallbackRole", $"Who comes in without a seat is {fallback.Label} from now on.");
        }

        if (wanted.Join.AutoAssign != now.Join.AutoAssign)
        {
            Add(
                EffectKind.Changes,
                "autoAssign",
                wanted.Join.AutoAssign
                    ? "Newcomers get a seat by themselves. Who waits for one already goes on waiting until seats are assigned."
                    : "Newcomers get no seat by themselves. Who has one keeps it."
            );
        }

        if (wanted.Scim.AutoAssign != now.Scim.AutoAssign)
        {
            Add(
                EffectKind.Changes,
                "directoryAutoAssign",
                wanted.Scim.AutoAssign switch
                {
                    DirectorySeats.On => "Whom a directory brings gets a seat at once, as long as one is free.",
                    DirectorySeats.Off => "Whom a directory brings gets no seat until an admin gives one. Who has one keeps it.",
                    _ => "Whom a directory brings gets a seat, or not, as everybody else does.",
                }
            );
        }
    }

    private void Limits()
    {
        if (wanted.Join.FallbackRole is null && now.Join.FallbackRole is not null)
        {
            Add(EffectKind.Changes, "fallbackRole", "There is no role without a seat any more: who finds no seat does not come in.");
        }

        Switch(
            now.Join.AdminKeepsRole,
            wanted.Join.AdminKeepsRole,
            "adminKeepsRole",
            "While seats are not assigned by themselves, who is invited as an admin gets one all the same.",
            "While seats are not assigned by themselves, who is invited as an admin comes in without one, too."
        );
        if (now.Capacity.OnFull != wanted.Capacity.OnFull)
        {
            Add(
                EffectKind.Changes,
                "onFull",
                wanted.Capacity.OnFull switch
                {
                    OnFull.Waitlist => "Who finds no seat waits for one and gets it in turn, by itself: whoever waits now, too.",
                    OnFull.Downgrade => "Who finds no seat comes in without one, until somebody gives them one.",
                    _ => "Who finds no seat does not come in.",
                }
            );
        }

        if ((now.Capacity.GracePercent, now.Capacity.GraceDays) != (wanted.Capacity.GracePercent, wanted.Capacity.GraceDays))
        {
            Add(
                EffectKind.Changes,
                "grace",
                wanted.Capacity is { GracePercent: { } percent, GraceDays: { } days }
                    ? $"{Number(percent)} percent more seats are given out for {Number(days)} days when all are in use."
                    : "No more seats than the limit are given out."
            );
        }

        if (now.Capacity.MoreHint != wanted.Capacity.MoreHint)
        {
            Add(
                EffectKind.Changes,
                "moreHint",
                wanted.Capacity.MoreHint is { } hint
                    ? $"Where something is full, this is said: {hint}"
                    : "Where something is full, nothing more is said."
            );
        }

        Limit("seats", "seats", now.Capacity.Seats, wanted.Capacity.Seats, counts.Seats.Used);
        Limit("slots", "member slots", now.Capacity.MemberSlots, wanted.Capacity.MemberSlots, counts.Slots.Used);
        foreach (var license in wanted.Licenses)
        {
            Limit("pool", $"{license.Label} licenses", now.License(license.Key)?.Pool, license.Pool, counts.License(license.Key).Used);
        }
    }

    private void Limit(string code, string what, int? before, int? after, long used)
    {
        if (before == after)
        {
            return;
        }

        var limit = after is { } some ? $"There are {Number(some)} {what}, {Number(used)} in use." : $"There is no limit of {what}.";
        Add(
            after < used ? EffectKind.Loses : EffectKind.Changes,
            code + "Limit",
            after < used ? $"{limit} Nobody loses access; no more are given out until {Number(used - after.Value + 1)} are free." : limit,
            after < used ? used - after.Value : 0
        );
    }

    private void Invitations()
    {
        var invitations = open.Sum(o => o.Count);
        var (before, after) = (now.Invitations, wanted.Invitations);
        if (before.LifetimeDays != after.LifetimeDays)
        {
            Add(
                EffectKind.Changes,
                "lifetime",
                $"Invitations that are sent from now on are valid for {Number(after.LifetimeDays)} days."
                    + (invitations == 0 ? "" : $" The {Number(invitations)} open keep their end."),
                invitations
            );
        }

        if (now.LinkRoles.Except(wanted.LinkRoles).ToList() is { Count: > 0 } closed)
        {
            Add(
                EffectKind.Loses,
                "linksEnd",
                $"Nobody joins by an invite link for {Listed(closed.Select(r => LabelOf(now, r)))} any more.",
                closed.Count
            );
        }

        if (wanted.LinkRoles.Except(now.LinkRoles).ToList() is { Count: > 0 } opened)
        {
            Add(
                EffectKind.Changes,
                "linksBegin",
                $"There may be an invite link for {Listed(opened.Select(r => LabelOf(wanted, r)))}.",
                opened.Count
            );
        }

        if (before.Providers.Except(after.Providers).ToList() is { Count: > 0 } gone)
        {
            Add(
                EffectKind.Changes,
                "providersGone",
                $"An invitation cannot be bound to {Listed(gone.Select(g => Word.Of(g)))} any more. Those that are open stay bound as they are."
            );
        }

        Switch(
            before.CopyLink,
            after.CopyLink,
            "copyLink",
            "The link of an invitation can be copied.",
            "No page shows the link of an invitation."
        );
        Switch(before.Several, after.Several, "several", "Several people can be invited at once.", "One person is invited at a time.");
        Switch(
            before.NotifyEmail,
            after.NotifyEmail,
            "notifyEmail",
            "The mail of an invitation may go to another address than the user name.",
            "The mail of an invitation goes to the user name. Those that are open keep their address."
        );
        Switch(
            before.TenantId,
            after.TenantId,
            "tenantId",
            "An invitation for Microsoft may name the tenant.",
            "No invitation names a tenant from now on. Those that are open stay bound to theirs."
        );
        Switch(
            before.LinkIsEnough,
            after.LinkIsEnough,
            "linkIsEnough",
            "Where a user name is no address, whoever has the link comes in by it.",
            "Where a user name is no address, the link alone lets nobody in."
        );
        Switch(
            before.ShowClosed,
            after.ShowClosed,
            "showClosed",
            "Invitations that are over stay in the list.",
            "Invitations that are over leave the list. The audit log keeps them."
        );
        if (before.MailsPerDay != after.MailsPerDay)
        {
            Add(
                EffectKind.Changes,
                "mailsPerDay",
                after.MailsPerDay is { } mails
                    ? $"{Number(mails)} invitations may be mailed a day."
                    : "Any number of invitations may be mailed."
            );
        }

        if (before.RevokeLabel != after.RevokeLabel)
        {
            Add(EffectKind.Changes, "revokeLabel", $"The button that ends an invitation says {after.RevokeLabel}.");
        }

        if (after.Providers.Except(before.Providers).ToList() is { Count: > 0 } more)
        {
            Add(EffectKind.Changes, "providersNew", $"An invitation may be bound to {Listed(more.Select(g => Word.Of(g)))}.");
        }

        Switch(before.ChooseMail, after.ChooseMail, "chooseMail", "Whoever invites may leave the mail out.", "Each invitation is mailed.");
        if (before.Resend != after.Resend)
        {
            Add(
                EffectKind.Changes,
                "resend",
                after.Resend switch
                {
                    ResendWhen.Always => "An invitation can be sent again at any time.",
                    ResendWhen.Expired => "An invitation can be sent again once it has expired.",
                    _ => "An invitation cannot be sent again: it is ended and made anew.",
                }
            );
        }
    }
}
