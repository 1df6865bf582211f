using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Approvals;
using UserManagement.Membership.Apps;
using UserManagement.Membership.AuditStreams;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Invitations.Imports;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Reviews;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Undo;
using UserManagement.Membership.Webhooks;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Testing;

/// <summary>What the <c>{id}</c> of a door's route stands for, in the tables of who gets to which route.</summary>
public enum RouteThing
{
    /// <summary>There is none.</summary>
    Nothing,

    /// <summary>Somebody whom a directory brought in.</summary>
    Member,

    /// <summary>A group that was made here.</summary>
    Group,

    /// <summary>An open invitation.</summary>
    Invitation,

    /// <summary>A list of people to invite that nobody confirmed.</summary>
    Import,

    /// <summary>A SCIM token.</summary>
    Token,

    /// <summary>An API key of the least role.</summary>
    Key,

    /// <summary>An identity connection of the workspace.</summary>
    Connection,

    /// <summary>An endpoint that is told of events.</summary>
    Webhook,

    /// <summary>A receiver of the audit log.</summary>
    AuditStream,

    /// <summary>An access review; a workspace has one that is open.</summary>
    Review,

    /// <summary>A line of the provisioning log.</summary>
    ProvisioningLine,

    /// <summary>An approval for which an admin asks.</summary>
    Approval,

    /// <summary>A cycle of a directory that nobody undid; no other one is being undone.</summary>
    Cycle,

    /// <summary>A cycle that was undone.</summary>
    UndoneCycle,

    /// <summary>A link to the set-up portal.</summary>
    PortalLink,

    /// <summary>A group rule.</summary>
    Rule,

    /// <summary>An app that signs people in; its id is the client id.</summary>
    Client,

    /// <summary>A test sign-in, which only somebody signed in can begin: the table's own business.</summary>
    SignInTest,

    /// <summary>An e-mail domain that is claimed.</summary>
    EmailDomain,
}

/// <summary>Makes what the routes are about.</summary>
public static class RouteThings
{
    /// <summary>A new one in a workspace; gives its id, and the empty text for what is none or not made here.</summary>
    /// <param name="server">The server.</param>
    /// <param name="workspace">Where.</param>
    /// <param name="thing">What.</param>
    /// <param name="name">A name that nothing there has.</param>
    public static async Task<string> MakeAsync(this TestServer server, WorkspaceContext workspace, RouteThing thing, string name) =>
        thing switch
        {
            RouteThing.Member => Id(
                await server
                    .Service<ProvisionMember>()
                    .RunAsync(
                        Actor.Operator with
                        {
                            Kind = ActorKind.Directory,
                            Door = Door.Scim,
                            Name = "Entra",
                            Workspace = workspace.Id,
                            Permissions = Actor.DirectoryPermissions,
                        },
                        workspace.Id,
                        new()
                        {
                            UserName = $"{name}@example.com",
                            Email = $"{name}@example.com",
                            Active = true,
                        },
                        default
                    ),
                m => m.Id
            ),
            RouteThing.Group => Id(
                await server.Service<CreateGroup>().RunAsync(Actor.Operator, workspace.Id, new() { DisplayName = name }, [], default),
                g => g.Group.Id
            ),
            RouteThing.Invitation => Id(
                await server
                    .Service<InvitePeople>()
                    .RunAsync(Actor.Operator, workspace.Id, new() { UserNames = [$"{name}@example.com"], SendMail = false }, default),
                i => i[0].Outcome.Value.Invitation.Id
            ),
            RouteThing.Import => Id(
                await server
                    .Service<StartInvitationImport>()
                    .RunAsync(Actor.Operator, workspace.Id, [new(1, $"{name}@example.com", "viewer")], default),
                i => i.Id
            ),
            RouteThing.Token => Id(
                await server.Service<CreateScimCredential>().RunAsync(Actor.Operator, workspace.Id, name, null, default),
                t => t.Credential.Id
            ),
            RouteThing.PortalLink => Id(
                await server.Service<CreatePortalLink>().RunAsync(Actor.Operator, workspace.Id, new(name, PortalScopes.Directory), default),
                l => l.Row.Id
            ),
            RouteThing.Key => Id(
                await server
                    .Service<CreateApiKey>()
                    .RunAsync(Actor.Operator, workspace.Id, name, workspace.Configuration.Roles[^1].Key, TimeSpan.FromDays(1), default),
                k => k.Row.Id
            ),
            RouteThing.Connection => Id(
                await server
                    .Service<CreateConnection>()
                    .RunAsync(
                        Actor.Operator,
                        workspace.Id,
                        new()
                        {
                            Kind = ConnectionKind.Oidc,
                            Name = name,
                            Authority = "https://idp.example.com",
                            ClientId = "people",
                            Credential = "a secret of theirs",
                        },
                        (_, _) => Task.FromResult<Refusal?>(null),
                        default
                    ),
                c => c.Id
            ),
            RouteThing.Webhook => Id(
                await server
                    .Service<CreateWebhook>()
                    .RunAsync(Actor.Operator, workspace.Id, new() { Name = name, Url = "https://app.invalid/hook" }, default),
                w => w.Row.Id
            ),
            RouteThing.EmailDomain => Id(
                await server.Service<ClaimEmailDomain>().RunAsync(Actor.Operator, workspace.Id, name + ".example.com", default),
                d => d.Id
            ),
            RouteThing.AuditStream => Id(
                await server
                    .Service<CreateAuditStream>()
                    .RunAsync(
                        Actor.Operator,
                        workspace.Id,
                        new()
                        {
                            Name = name,
                            Kind = AuditStreamKind.Syslog,
                            Address = "siem.invalid:6514",
                            Enabled = false,
                        },
                        default
                    ),
                s => s.Id
            ),
            RouteThing.Review => Id(
                await server.Service<StartAccessReview>().RunAsync(Actor.Operator, workspace.Id, null, null, default),
                r => r.Id
            ),
            RouteThing.ProvisioningLine => await ToldAsync(server, workspace, name),
            RouteThing.Approval => await AskedAsync(server, workspace, name),
            RouteThing.Cycle => await CycleAsync(server, workspace, name, isUndone: false),
            RouteThing.UndoneCycle => await CycleAsync(server, workspace, name, isUndone: true),
            RouteThing.Rule => Id(
                await server
                    .Service<CreateRule>()
                    .RunAsync(
                        Actor.Operator,
                        workspace.Id,
                        new()
                        {
                            Name = name,
                            Asks = RuleAsks.UserType,
                            Value = "nobody's",
                            Role = workspace.Configuration.Roles[^1].Key,
                        },
                        default
                    ),
                r => r.Id
            ),
            RouteThing.Client => Id(
                await server
                    .Service<CreateClient>()
                    .RunAsync(
                        Actor.Operator,
                        workspace.Id,
                        null,
                        new() { ClientName = name, RedirectUris = ["https://app.example.com/cb"] },
                        default
                    ),
                c => c.Row.ClientId
            ),
            _ => "",
        };

    private static async Task<string> ToldAsync(TestServer server, WorkspaceContext workspace, string name)
    {
        var log = server.Service<ProvisioningLog>();
        log.Add(
            new ProvisioningNote
            {
                Workspace = workspace.Id,
                ClientId = Guid.CreateVersion7(),
                Client = name,
                At = log.Time.Now(),
                Took = TimeSpan.FromMilliseconds(2),
                Method = "POST",
                Path = "/Users",
                Outcome = ProvisioningOutcome.Created,
                Status = 201,
            }
        );
        await log.FlushAsync(true, default);
        var page = await server.Service<ListProvisioning>().RunAsync(Actor.Operator, workspace.Id, new(), null, 1, default);
        return page.Value.Lines[0].Id.ToString();
    }

    private static async Task<string> AskedAsync(TestServer server, WorkspaceContext workspace, string name)
    {
        var was = (await server.Service<ReadWorkspace>().RunAsync(Actor.Operator, workspace.Id, default)).Value.Configuration;
        var wanted = was with { FourEyes = [FourEyesAct.GrantAdmin] };
        var now = (await server.Service<ChangeConfiguration>().RunAsync(Actor.Operator, workspace.Id, null, wanted, default)).Value;
        var admin = now.Configuration.Roles.First(r => r.IsAdmin);
        var to = (
            await server
                .Service<ProvisionMember>()
                .RunAsync(
                    Actor.Operator,
                    workspace.Id,
                    new MemberAttributes { UserName = $"{name}@approval.example.com", Active = false },
                    default
                )
        ).Value;
        var asker = new Actor
        {
            Kind = ActorKind.Member,
            Door = Door.Page,
            Name = name,
            Id = Guid.CreateVersion7(),
            Workspace = workspace.Id,
            Role = admin.Key,
            Permissions = now.Configuration.PermissionsOf(admin.Key),
        };
        _ = await server.Service<AssignRole>().RunAsync(asker, workspace.Id, to.Id, admin.Key, default);
        _ = (await server.Service<ChangeConfiguration>().RunAsync(Actor.Operator, workspace.Id, null, was, default)).Value;
        var all = (await server.Service<ListApprovals>().RunAsync(Actor.Operator, workspace.Id, default)).Value;
        return all[0].Id.ToString();
    }

    private static async Task<string> CycleAsync(TestServer server, WorkspaceContext workspace, string name, bool isUndone)
    {
        var log = server.Service<ProvisioningLog>();
        var directory = new Actor
        {
            Kind = ActorKind.Directory,
            Door = Door.Scim,
            Name = name,
            Id = Guid.CreateVersion7(),
            Workspace = workspace.Id,
            Permissions = Actor.DirectoryPermissions,
        };
        var at = log.Time.Now();
        var facts = new MemberAttributes { UserName = $"{name}@cycle.example.com", Active = false };
        var made = (await server.Service<ProvisionMember>().RunAsync(directory, workspace.Id, facts, default)).Value;
        log.Add(
            new ProvisioningNote
            {
                Workspace = workspace.Id,
                ClientId = directory.Id!.Value,
                Client = name,
                At = at,
                Took = TimeSpan.FromMilliseconds(2),
                Method = "POST",
                Path = "/Users",
                TargetKind = "member",
                TargetId = made.Id.Value,
                Outcome = ProvisioningOutcome.Created,
                Status = 201,
            }
        );
        await log.FlushAsync(true, default);
        var cycles = (await server.Service<ListCycles>().RunAsync(Actor.Operator, workspace.Id, null, 200, default)).Value.Cycles;
        foreach (var other in cycles)
        {
            await WorkedOffAsync(server, workspace, other.Id);
        }

        var cycle = cycles.First(c => c.ClientId == directory.Id).Id;
        if (isUndone)
        {
            _ = (await server.Service<UndoCycle>().RunAsync(Actor.Operator, workspace.Id, cycle, null, default)).Value;
            await WorkedOffAsync(server, workspace, cycle);
        }

        return cycle.ToString();
    }

    private static async Task WorkedOffAsync(TestServer server, WorkspaceContext workspace, Id<ProvisioningCycle> cycle)
    {
        while (
            (await server.Service<ReadUndo>().RunAsync(Actor.Operator, workspace.Id, cycle, default)).Is(out var progress, out _)
            && progress.Run.DoneAt is null
        )
        {
            await server
                .Service<WorkCycleUndo>()
                .DeliverAsync(
                    new()
                    {
                        Id = default,
                        WorkspaceId = workspace.Id,
                        Subject = "",
                        Kind = OutboxKind.CycleUndo,
                        About = cycle.Value,
                        CreatedAt = default,
                        DueAt = default,
                    },
                    default
                );
        }
    }

    private static string Id<T, TId>(Membership.Outcome<T> made, Func<T, TId> id) => id(made.Value)!.ToString()!;
}
