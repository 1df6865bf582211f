using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Members;

/// <summary>One thing by which a member can be found.</summary>
/// <param name="Attribute">The attribute, see <see cref="MemberKey"/>.</param>
/// <param name="Value">The value as it is stored under the index.</param>
public readonly record struct FindableBy(string Attribute, string Value)
{
    /// <summary>A key of an attribute that is compared without case.</summary>
    public static FindableBy AnyCase(string attribute, string value) => new(attribute, Key.Of(value));
}

/// <summary>
/// Keeps the key table in step with a member. Words, external id and display name are the core's; addresses and manager the door's.
/// </summary>
internal static class MemberKeys
{
    private static readonly string[] OwnAttributes =
    [
        MemberKey.Word,
        MemberKey.ExternalId,
        MemberKey.DisplayName,
        MemberKey.UserName,
        MemberKey.SentUserName,
    ];

    /// <summary>Queues what has to change.</summary>
    /// <param name="attempt">The try it belongs to.</param>
    /// <param name="before">The member as it was; null for somebody new.</param>
    /// <param name="after">The member as it will be.</param>
    /// <param name="doorKeys">The door's keys, all of them; null leaves them (for somebody new: the address).</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task WriteAsync(
        Attempt attempt,
        Member? before,
        Member after,
        IReadOnlyList<FindableBy>? doorKeys,
        CancellationToken ct
    )
    {
        if (before is null)
        {
            foreach (var key in Own(after).Concat(doorKeys ?? OfAddress(after)).Distinct())
            {
                attempt.Changes.Add(Row(after, key));
            }

            return;
        }

        var ended = after.State == MemberState.Ended;
        if (!ended && doorKeys is null && Own(before).SequenceEqual(Own(after)))
        {
            return;
        }

        var stored = await attempt
            .Db.MemberKeys.AsNoTracking()
            .Where(k => k.WorkspaceId == after.WorkspaceId && k.MemberId == after.Id)
            .ToListAsync(ct);
        var wanted = ended
            ? []
            : Own(after)
                .Concat(
                    doorKeys ?? stored.Where(k => !OwnAttributes.Contains(k.Attribute)).Select(k => new FindableBy(k.Attribute, k.Value))
                )
                .ToHashSet();
        foreach (var row in stored.Where(k => !wanted.Contains(new(k.Attribute, k.Value))))
        {
            attempt.Changes.Remove(row, mustExist: false);
        }

        foreach (var key in wanted.Where(w => !stored.Any(k => k.Attribute == w.Attribute && k.Value == w.Value)))
        {
            attempt.Changes.AddIfMissing(Row(after, key));
        }
    }

    /// <summary>Queues what has to change so that the keys of a member who stays as they are follow today's rules.</summary>
    /// <returns>Whether anything has to.</returns>
    public static bool Rekey(Changes changes, Member member, IEnumerable<MemberKey> stored)
    {
        var rows = stored.ToList();
        var wanted = Own(member).Concat(rows.Where(k => !OwnAttributes.Contains(k.Attribute)).Select(OfToday)).ToHashSet();
        var gone = rows.Where(k => !wanted.Contains(new(k.Attribute, k.Value))).ToList();
        var missing = wanted.Where(w => !rows.Exists(k => k.Attribute == w.Attribute && k.Value == w.Value)).ToList();
        gone.ForEach(k => changes.Remove(k, mustExist: false));
        missing.ForEach(k => changes.AddIfMissing(Row(member, k)));
        return gone.Count + missing.Count > 0;
    }

    // of an address the door keeps the key alone; the key of an older key is the key of the address
    private static FindableBy OfToday(MemberKey key) =>
        key.Attribute.StartsWith(MemberKey.Emails, StringComparison.Ordinal)
            ? FindableBy.AnyCase(MemberKey.Emails + Key.Of(key.Attribute[MemberKey.Emails.Length..]), key.Value)
            : new(key.Attribute, key.Value);

    private static IEnumerable<FindableBy> Own(Member member)
    {
        foreach (var word in Key.Words(member.DisplayName, member.GivenName, member.FamilyName, member.UserName, member.Email))
        {
            yield return new(MemberKey.Word, word);
        }

        if (member.ExternalId is { Length: > 0 } external)
        {
            yield return new(MemberKey.ExternalId, external);
        }

        if (member.DisplayName is { Length: > 0 } name)
        {
            yield return FindableBy.AnyCase(MemberKey.DisplayName, name);
        }

        if (member.SentUserName is { Length: > 0 } sent)
        {
            yield return FindableBy.AnyCase(MemberKey.SentUserName, sent);
        }

        if (member.UserNameKey is { } stored && Key.Of(member.UserName) is var key && key != stored)
        {
            yield return new(MemberKey.UserName, key);
        }
    }

    private static IEnumerable<FindableBy> OfAddress(Member member) =>
        member.Email is { Length: > 0 } email
            ? [FindableBy.AnyCase(MemberKey.Emails, email), FindableBy.AnyCase(MemberKey.Emails + ":work", email)]
            : [];

    private static MemberKey Row(Member member, FindableBy key) =>
        new()
        {
            WorkspaceId = member.WorkspaceId,
            Attribute = key.Attribute,
            Value = key.Value,
            MemberId = member.Id,
        };
}
