using System.Text.Json.Nodes;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Scim.Http;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;
using UserManagement.Scim.Stories;

namespace UserManagement.Scim.Groups;

/// <summary>
/// Groups as answers, cut to the attributes asked for. Members are read only where they are wanted; a group without any
/// shows an empty list, because some clients take a missing one for "unknown". A page is cut where its groups have more
/// members together than a page may hold, and many members are read while they go out: those of small groups together, a thousand
/// members at a time, so that statements follow the members and not the groups.
/// </summary>
internal static class GroupView
{
    private static ScimResourceType Type => SchemaRegistry.Default.Group;

    /// <summary>The answer for one group, all of its members with it. An operation of a bulk request shows no resource.</summary>
    /// <param name="store">To read through.</param>
    /// <param name="call">The request.</param>
    /// <param name="group">The group.</param>
    /// <param name="projection">Which attributes.</param>
    /// <param name="hasMembers">False where it is known to have none.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task<ScimAnswer> OneAsync(
        Store store,
        ScimCall call,
        Group group,
        Projection projection,
        bool hasMembers,
        CancellationToken ct
    )
    {
        if (call.Operation is not null)
        {
            return new ScimAnswer(200, null)
            {
                Version = group.Version,
                Id = group.Id.ToString(),
                About = About.Of(group),
            };
        }

        await using var db = store.Read();
        var shape = Shape(call, projection);
        IReadOnlyList<Reference> members =
            shape is null || !hasMembers ? [] : await ReferenceReads.OfGroups.NextAsync(db, call.Workspace, group.Id.Value, Guid.Empty, ct);
        IShown shown =
            members.Count < ReferenceReads.Chunk
                ? Whole(call, group, projection, shape, members)
                : Streamed(store, call, group, projection, shape!);
        return ScimAnswer.Ok(shown) with
        {
            Version = group.Version,
            Id = group.Id.ToString(),
            ContentLocation = Location(call, group),
            About = About.Of(group),
        };
    }

    /// <summary>The resources of a page of groups, as many as have room.</summary>
    /// <param name="store">To read through.</param>
    /// <param name="call">The request.</param>
    /// <param name="groups">The groups, in order.</param>
    /// <param name="projection">Which attributes.</param>
    /// <param name="fromEnd">Whether the last of them must be shown rather than the first.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task<ShownRows> ManyAsync(
        Store store,
        ScimCall call,
        IReadOnlyList<Group> groups,
        Projection projection,
        bool fromEnd,
        CancellationToken ct
    )
    {
        if (Shape(call, projection) is not { } shape)
        {
            return new ShownRows(0, [.. groups.Select(g => Whole(call, g, projection, null, []))]);
        }

        await using var db = store.Read();
        var fit = await ReferenceReads.OfGroups.FitAsync(
            db,
            call.Workspace,
            [.. groups.Select(g => g.Id.Value)],
            call.Limits.References,
            fromEnd,
            ct
        );
        var page = groups.Skip(fit.First).Take(fit.Count).ToList();
        if (fit.References <= ReferenceReads.Chunk)
        {
            var found = await ReferenceReads.OfGroups.ManyAsync(
                db,
                call.Workspace,
                [.. page.Select(g => g.Id.Value)],
                ReferenceReads.Chunk + 1,
                ct
            );
            if (found.Count <= ReferenceReads.Chunk) // else many have just come
            {
                var members = found.ToLookup(m => m.Owner);
                return new ShownRows(fit.First, [.. page.Select(g => Whole(call, g, projection, shape, [.. members[g.Id.Value]]))]);
            }
        }

        if (page.Count == 1)
        {
            return new ShownRows(fit.First, [Streamed(store, call, page[0], projection, shape)]);
        }

        var sizes = await ReferenceReads.OfGroups.SizesAsync(db, call.Workspace, [.. page.Select(g => g.Id.Value)], ct);
        return new ShownRows(
            fit.First,
            [
                .. ReferencePart
                    .Of(page, g => sizes.GetValueOrDefault(g.Id.Value))
                    .SelectMany(part => Shown(store, call, part, projection, shape)),
            ]
        );
    }

    /// <summary>The whole resource as a tree: what is kept of the group, and what is common to all resources.</summary>
    public static JsonObject Compose(ScimCall call, Group group, JsonObject tree)
    {
        var meta = ScimResource.Meta(Type, group.CreatedAt, group.ModifiedAt, Location(call, group), Etag.Of(group.Version));
        return ScimResource.Compose(tree, Type, group.Id.ToString(), meta);
    }

    /// <summary>The address of a group.</summary>
    public static string Location(ScimCall call, Group group) => $"{call.BaseUrl}/Groups/{group.Id}";

    private static References? Shape(ScimCall call, Projection projection) =>
        projection.Wants("members") && References.ToMembers(call.BaseUrl).Cut(projection) is { IsShown: true } shape ? shape : null;

    /// <summary>Small groups together, a large one by itself.</summary>
    private static IEnumerable<IShown> Shown(
        Store store,
        ScimCall call,
        IReadOnlyList<Group> groups,
        Projection projection,
        References shape
    )
    {
        var part = new ReferencePart(store, call.Workspace, ReferenceReads.OfGroups, [.. groups.Select(g => g.Id.Value)]);
        return groups.Count == 1
            ? [Streamed(store, call, groups[0], projection, shape)]
            : groups.Select(g => new PartlyStreamedReferences(part, Streamed(store, call, g, projection, shape)));
    }

    private static ShownWithReferences Whole(
        ScimCall call,
        Group group,
        Projection projection,
        References? shape,
        IReadOnlyList<Reference> members
    ) => new ShownWithReferences(Head(call, group, projection), shape, members);

    private static StreamedReferences Streamed(Store store, ScimCall call, Group group, Projection projection, References shape) =>
        new StreamedReferences(store, call.Workspace, group.Id.Value, Head(call, group, projection), shape, ReferenceReads.OfGroups);

    private static JsonObject Head(ScimCall call, Group group, Projection projection) =>
        projection.Apply(Compose(call, group, GroupMap.ToResource(group)));
}
