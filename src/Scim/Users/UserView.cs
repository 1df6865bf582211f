using System.Text.Json.Nodes;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Scim.Groups;
using UserManagement.Scim.Http;
using UserManagement.Scim.Protocol;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;
using UserManagement.Scim.Stories;

namespace UserManagement.Scim.Users;

/// <summary>
/// Members as answers: the resource with <c>groups</c> and the manager's name derived, cut to the attributes asked for.
/// What is not asked for is not read; what is read comes in one query for a whole page.
/// </summary>
internal static class UserView
{
    // the extension's attributes, each returned on request
    private static readonly string[] Shown =
    [
        .. SchemaRegistry.Full.FindSchema(ScimUrn.MembershipUser)!.Attributes.Select(a => $"{ScimUrn.MembershipUser}:{a.Name}"),
    ];

    /// <summary>The answer for one member. An operation of a bulk request shows no resource.</summary>
    /// <param name="store">To read through.</param>
    /// <param name="call">The request.</param>
    /// <param name="member">The member.</param>
    /// <param name="projection">Which attributes.</param>
    /// <param name="known">The groups they are in, as many as one answer holds; null where they are still to be read.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task<ScimAnswer> OneAsync(
        Store store,
        ScimCall call,
        Member member,
        Projection projection,
        IReadOnlyList<Reference>? known,
        CancellationToken ct
    )
    {
        if (call.Operation is not null)
        {
            return new ScimAnswer(200, null)
            {
                Version = member.Version,
                Id = member.Id.ToString(),
                About = About.Of(member),
            };
        }

        if (known is { Count: < ReferenceReads.Chunk } && projection.IsDefault && ShownUser.Of(member, known, call.BaseUrl) is { } shown)
        {
            return One(call, shown, member); // nothing has to be read
        }

        await using var db = store.Read();
        var groups =
            known
            ?? (IReadOnlyList<Reference>)(
                !projection.Wants("groups")
                    ? []
                    : await ReferenceReads.OfMembers.NextAsync(db, call.Workspace, member.Id.Value, Guid.Empty, ct)
            );
        return await OneAsync(store, db, call, new FoundMember(member, groups, groups.Count == ReferenceReads.Chunk), projection, ct);
    }

    /// <summary>The answer for one member who was read with their groups.</summary>
    public static async Task<ScimAnswer> OneAsync(
        Store store,
        MembershipDb db,
        ScimCall call,
        FoundMember found,
        Projection projection,
        CancellationToken ct
    ) => One(call, (await ManyAsync(store, db, call, [found], projection, ct))[0], found.Member);

    /// <summary>The resources of a page of members, as many as have room with their groups.</summary>
    /// <param name="store">To read through.</param>
    /// <param name="call">The request.</param>
    /// <param name="members">The members, in order.</param>
    /// <param name="projection">Which attributes.</param>
    /// <param name="fromEnd">Whether the last of them must be shown rather than the first.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task<ShownRows> ManyAsync(
        Store store,
        ScimCall call,
        IReadOnlyList<Member> members,
        Projection projection,
        bool fromEnd,
        CancellationToken ct
    )
    {
        await using var db = store.Read();
        if (!projection.Wants("groups"))
        {
            return new ShownRows(0, await ManyAsync(store, db, call, [.. members.Select(m => new FoundMember(m, []))], projection, ct));
        }

        var fit = await ReferenceReads.OfMembers.FitAsync(
            db,
            call.Workspace,
            [.. members.Select(m => m.Id.Value)],
            call.Limits.References,
            fromEnd,
            ct
        );
        var page = members.Skip(fit.First).Take(fit.Count).ToList();
        var hasMore = fit.References > call.Limits.References;
        IReadOnlyList<Reference> found = hasMore
            ? []
            : await ReferenceReads.OfMembers.ManyAsync(
                db,
                call.Workspace,
                [.. page.Select(m => m.Id.Value)],
                call.Limits.References + 1,
                ct
            );
        hasMore |= found.Count > call.Limits.References; // many have just come: nobody is shown with a part of theirs
        var groups = (hasMore ? [] : found).ToLookup(g => g.Owner);
        return new ShownRows(
            fit.First,
            await ManyAsync(store, db, call, [.. page.Select(m => new FoundMember(m, [.. groups[m.Id.Value]], hasMore))], projection, ct)
        );
    }

    /// <summary>The resources of a page of members who were read with their groups.</summary>
    public static async Task<IReadOnlyList<IShown>> ManyAsync(
        Store store,
        MembershipDb db,
        ScimCall call,
        IReadOnlyList<FoundMember> members,
        Projection projection,
        CancellationToken ct
    )
    {
        if (!projection.IsDefault)
        {
            return await ComposeAsync(store, db, call, members, projection, ct);
        }

        var baseUrl = call.BaseUrl;
        var shown = members.Select(m => m.HasMore ? null : (IShown?)ShownUser.Of(m.Member, m.Groups, baseUrl)).ToList();
        if (members.Where((_, i) => shown[i] is null).ToList() is { Count: > 0 } rest)
        {
            var composed = new Queue<IShown>(await ComposeAsync(store, db, call, rest, projection, ct));
            return [.. shown.Select(s => s ?? composed.Dequeue())];
        }

        return shown!;
    }

    /// <summary>The long way: a tree, derived attributes in it, cut to what is wanted.</summary>
    private static async Task<IReadOnlyList<IShown>> ComposeAsync(
        Store store,
        MembershipDb db,
        ScimCall call,
        IReadOnlyList<FoundMember> members,
        Projection projection,
        CancellationToken ct
    )
    {
        var resources = members.Select(m => UserMap.ToResource(m.Member)).ToList();
        if (members.Count > 0 && Shown.Any(projection.Wants))
        {
            await UserTrees.AddMembershipsAsync(db, call, [.. members.Select(m => m.Member)], resources, ct);
        }

        if (projection.Wants(ScimUrn.EnterpriseUser + ":manager"))
        {
            await UserTrees.AddManagersAsync(db, call, resources, ct);
        }

        var shape = References.ToGroups(call.BaseUrl).Cut(projection);
        return
        [
            .. members.Zip(
                resources,
                (found, resource) =>
                {
                    var head = projection.Apply(UserTrees.Compose(call, found.Member, resource));
                    return !shape.IsShown || (found.Groups.Count == 0 && !found.HasMore) ? new ShownJson(head)
                        : found.HasMore
                            ? new StreamedReferences(store, call.Workspace, found.Member.Id.Value, head, shape, ReferenceReads.OfMembers)
                        : (IShown)new ShownWithReferences(head, shape, found.Groups);
                }
            ),
        ];
    }

    private static ScimAnswer One(ScimCall call, IShown body, Member member) =>
        ScimAnswer.Ok(body) with
        {
            Version = member.Version,
            Id = member.Id.ToString(),
            ContentLocation = Location(call, member),
            About = About.Of(member),
        };

    /// <summary>The address of a member.</summary>
    public static string Location(ScimCall call, Member member) => $"{call.BaseUrl}/Users/{member.Id}";
}
