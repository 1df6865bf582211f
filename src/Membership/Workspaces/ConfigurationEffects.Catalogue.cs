using UserManagement.Membership.Roles;

namespace UserManagement.Membership.Workspaces;

/// <summary>What becomes of roles and licenses, and of who has them.</summary>
internal sealed partial class ConfigurationEffects
{
    private void Catalogue()
    {
        foreach (var role in now.Roles)
        {
            var holders = counts.WithRole(role.Key);
            if (wanted.Role(role.Key) is not { } other)
            {
                Add(EffectKind.Changes, "roleGone", $"The role {role.Label} is no more.");
                continue;
            }

            if (other.Label != role.Label)
            {
                Add(EffectKind.Changes, "roleNamed", $"{role.Label} is called {other.Label} from now on.", holders);
            }

            var (before, after) = (now.PermissionsOf(role.Key), wanted.PermissionsOf(role.Key));
            if (before.Except(after).ToList() is { Count: > 0 } lost)
            {
                Add(EffectKind.Loses, "permissionsLost", $"{Who(holders, "loses", "lose", other)}: {Listed(lost)}.", holders);
            }

            if (after.Except(before).ToList() is { Count: > 0 } gained)
            {
                Add(EffectKind.Gains, "permissionsGained", $"{Who(holders, "gets", "get", other)}: {Listed(gained)}.", holders);
            }

            if (role.CanGrantUpTo != other.CanGrantUpTo)
            {
                var ceiling = wanted.Role(other.CanGrantUpTo)?.Label;
                Add(
                    EffectKind.Changes,
                    "ceilingChanged",
                    ceiling is null ? $"{Label(other)} hands out no role any more." : $"{Label(other)} hands out roles up to {ceiling}.",
                    holders
                );
            }

            if (role.Rank != other.Rank)
            {
                Add(
                    EffectKind.Changes,
                    "rankChanged",
                    $"{Label(other)} has the rank {Number(other.Rank)}: who may hand it out, and what it may hand out, follows from that.",
                    holders
                );
            }

            if (role.Description != other.Description)
            {
                Add(EffectKind.Changes, "roleDescribed", $"Where {Label(other)} is chosen, another sentence stands below it.");
            }

            if (role.NeedsSeat != other.NeedsSeat)
            {
                Add(
                    EffectKind.Changes,
                    "needsSeat",
                    other.NeedsSeat
                        ? $"Whoever has the role {other.Label} takes a seat."
                        : $"Whoever has the role {other.Label} takes no seat."
                );
            }

            if (role.IsAdmin != other.IsAdmin)
            {
                Add(
                    EffectKind.Changes,
                    "isAdmin",
                    other.IsAdmin
                        ? $"{Label(other)} is an admin's role: who has it counts among the admins, of whom one must always be left."
                        : $"{Label(other)} is no admin's role any more."
                );
            }

            if (!role.Assignable && other.Assignable)
            {
                Add(EffectKind.Changes, "assignable", $"Whoever may hand it out can put people into the role {other.Label}.");
            }

            if (role.Assignable && !other.Assignable)
            {
                Add(EffectKind.Changes, "notAssignable", $"Nobody can be put into the role {other.Label} by hand any more.");
            }
        }

        foreach (var role in wanted.Roles.Where(r => now.Role(r.Key) is null))
        {
            Add(EffectKind.Changes, "roleNew", $"There is a new role: {role.Label}.");
        }
    }

    private void Licenses()
    {
        foreach (var license in now.Licenses)
        {
            var holders = counts.License(license.Key).Used;
            if (wanted.License(license.Key) is not { } other)
            {
                Add(EffectKind.Changes, "licenseGone", $"The license {license.Label} is no more.");
                continue;
            }

            if (license.Features.Except(other.Features).ToList() is { Count: > 0 } lost)
            {
                Add(
                    EffectKind.Loses,
                    "featuresLost",
                    $"{People(wanted, holders)} with {other.Label} {(holders == 1 ? "loses" : "lose")}: {Listed(lost)}.",
                    holders
                );
            }

            if (other.Features.Except(license.Features).ToList() is { Count: > 0 } gained)
            {
                Add(
                    EffectKind.Gains,
                    "featuresGained",
                    $"{People(wanted, holders)} with {other.Label} {(holders == 1 ? "gets" : "get")}: {Listed(gained)}.",
                    holders
                );
            }
        }

        foreach (var license in wanted.Licenses)
        {
            if (now.License(license.Key) is { } before && (before.Label, before.Description) != (license.Label, license.Description))
            {
                Add(
                    EffectKind.Changes,
                    "licenseNamed",
                    before.Label == license.Label
                        ? $"Where {license.Label} is chosen, another sentence stands below it."
                        : $"{before.Label} is called {license.Label} from now on.",
                    counts.License(license.Key).Used
                );
            }
        }

        foreach (var license in wanted.Licenses.Where(l => now.License(l.Key) is null))
        {
            Add(EffectKind.Changes, "licenseNew", $"There is a new license: {license.Label}.");
        }

        foreach (var rule in (wanted.FeatureRules ?? []).Except(now.FeatureRules ?? []))
        {
            Add(EffectKind.Loses, "featureNeeded", $"{rule.Permission} asks for a license with {rule.Feature} from then on.");
        }

        foreach (var rule in (now.FeatureRules ?? []).Except(wanted.FeatureRules ?? []))
        {
            Add(EffectKind.Gains, "featureNotNeeded", $"{rule.Permission} asks for no license with {rule.Feature} any more.");
        }

        if (wanted.Invitations.ReserveLicense != now.Invitations.ReserveLicense)
        {
            var promised = open.Where(o => o.License is not null).Sum(o => o.Count);
            Add(
                EffectKind.Changes,
                "reserveLicense",
                wanted.Invitations.ReserveLicense
                    ? $"An invitation takes its license at once. {Number(promised)} that are open take theirs now."
                    : $"An invitation takes its license when it is accepted. {Number(promised)} that are open give theirs back.",
                promised
            );
        }

        if (!wanted.Join.LicenseRequired && now.Join.LicenseRequired)
        {
            Add(EffectKind.Changes, "licenseNotRequired", "Somebody may be in without a license. Who has one keeps it.");
        }

        if (wanted.Join.LicenseRequired && !now.Join.LicenseRequired)
        {
            var holders = wanted.Licenses.Sum(l => counts.License(l.Key).Used);
            var without = Math.Max(0, counts.Slots.Used - holders);
            Add(
                EffectKind.Changes,
                "licenseRequired",
                $"Nobody comes in without a license. {People(wanted, without)} without one stay as they are.",
                without
            );
        }
    }
}
