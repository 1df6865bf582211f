namespace UserManagement.Membership.Workspaces;

/// <summary>What becomes of words, pages, hints and the directory's door.</summary>
internal sealed partial class ConfigurationEffects
{
    private void TermsOfUse()
    {
        var (before, after) = (now.Terms, wanted.Terms);
        if (after.TermsOfUse != before.TermsOfUse)
        {
            Add(
                EffectKind.Changes,
                "termsOfUse",
                after.TermsOfUse is not { } address
                        ? "No page points to terms of use any more, and nobody is asked to accept any. What was accepted stays recorded."
                    : before.TermsOfUse is null
                        ? $"Everybody is asked at their next page to accept the terms of use at {address}, and whoever comes in: "
                            + "until then nothing opens to them here."
                    : after.AskedVersion == before.AskedVersion
                        ? $"The terms of use are at {address}. Who accepted version {after.AskedVersion} is not asked again: raise the "
                            + "version for that."
                    : $"The terms of use are at {address}."
            );
        }

        if (before.AskedVersion is { } old && after.AskedVersion is { } version && version != old)
        {
            Add(
                EffectKind.Changes,
                "termsVersion",
                $"Everybody who did not accept version {version} of the terms of use is asked at their next page, also on the way to an "
                    + "app: until then nothing opens to them here."
            );
        }
    }

    private void Pages()
    {
        if (wanted.Terms.Person != now.Terms.Person || wanted.Terms.People != now.Terms.People || wanted.Terms.Tenant != now.Terms.Tenant)
        {
            Add(
                EffectKind.Changes,
                "words",
                $"Pages and mails say {wanted.Terms.Tenant}, {wanted.Terms.Person} and {wanted.Terms.People}."
            );
        }

        TermsOfUse();

        if (!wanted.MemberList.Columns.SequenceEqual(now.MemberList.Columns))
        {
            Add(EffectKind.Changes, "columns", "The list shows other columns, for everybody who sees it.");
        }

        if (wanted.Advice.WarnBelowAdmins != now.Advice.WarnBelowAdmins)
        {
            Add(
                EffectKind.Changes,
                "warnBelowAdmins",
                counts.Admins < wanted.Advice.WarnBelowAdmins
                    ? $"Admins are warned, for there are fewer than {Number(wanted.Advice.WarnBelowAdmins)}: {Number(counts.Admins)}."
                    : $"Admins are warned when there are fewer than {Number(wanted.Advice.WarnBelowAdmins)} of them; there are "
                        + $"{Number(counts.Admins)}."
            );
        }

        if (wanted.Advice.ReviewEveryDays != now.Advice.ReviewEveryDays)
        {
            Add(
                EffectKind.Changes,
                "reviewEveryDays",
                wanted.Advice.ReviewEveryDays is { } days
                    ? $"A review of access is due every {Number(days)} days."
                    : "No review of access is due by itself."
            );
        }

        Switch(
            now.Scim.UniqueGroupNames,
            wanted.Scim.UniqueGroupNames,
            "uniqueGroupNames",
            "A second group of the same name is refused. Groups that are there stay.",
            "Two groups may bear the same name. Some directories find groups by it."
        );
        Directory();
        SecondAdmin();
    }

    private void Directory()
    {
        Switch(
            now.Scim.Strict,
            wanted.Scim.Strict,
            "strict",
            "What a directory sends is taken to the letter of the RFC. Requests that were understood before may be refused from now on.",
            "What real directories send is understood where its meaning is plain."
        );
        Switch(
            now.Scim.PlainDiscovery,
            wanted.Scim.PlainDiscovery,
            "plainDiscovery",
            "Discovery says nothing newer than RFC 7643.",
            "Discovery says all that the directory may use."
        );
        if (now.Scim.DaysOfLog != wanted.Scim.DaysOfLog)
        {
            Add(
                wanted.Scim.DaysOfLog < now.Scim.DaysOfLog ? EffectKind.Loses : EffectKind.Changes,
                "logDays",
                $"The provisioning log is kept for {Number(wanted.Scim.DaysOfLog)} {(wanted.Scim.DaysOfLog == 1 ? "day" : "days")}."
                    + (
                        wanted.Scim.DaysOfLog < now.Scim.DaysOfLog
                            ? " What is older goes for good, and cycles that old cannot be undone."
                            : ""
                    )
            );
        }

        Attributes();
    }

    private void Attributes()
    {
        var (before, after) = (Names(now), Names(wanted));
        if (after.Except(before).ToList() is { Count: > 0 } more)
        {
            Add(EffectKind.Changes, "attributesDefined", $"Kept from now on, as directories send them: {Listed(more)}.");
        }

        if (before.Except(after).ToList() is { Count: > 0 } gone)
        {
            Add(EffectKind.Loses, "attributesGone", $"Neither taken nor shown any more, and kept of those who have them: {Listed(gone)}.");
        }

        if (before.Count > 0 && now.Scim.SchemaOfAttributes != wanted.Scim.SchemaOfAttributes)
        {
            Add(
                EffectKind.Loses,
                "attributeSchema",
                $"Directories must map onto {wanted.Scim.SchemaOfAttributes} and send all values again."
            );
        }

        static List<string> Names(WorkspaceConfiguration configuration) => [.. (configuration.Scim.Attributes ?? []).Select(a => a.Name)];
    }

    private void SecondAdmin()
    {
        var (before, after) = (now.FourEyes ?? [], wanted.FourEyes ?? []);
        foreach (var act in after.Except(before))
        {
            Add(EffectKind.Changes, "fourEyesOn", $"{Asked(act)} waits until a second admin approves.");
        }

        foreach (var act in before.Except(after))
        {
            Add(EffectKind.Changes, "fourEyesOff", $"{Asked(act)} asks for no second admin any more.");
        }

        static string Asked(Approvals.FourEyesAct act) =>
            act switch
            {
                Approvals.FourEyesAct.GrantAdmin => "Giving an admin's role",
                Approvals.FourEyesAct.IssueDirectoryToken => "Making a token for a directory",
                _ => Word.Of(act),
            };
    }
}
