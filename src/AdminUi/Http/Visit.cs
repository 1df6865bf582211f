using System.Globalization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Ui;

namespace UserManagement.AdminUi.Http;

/// <summary>
/// One request of somebody who is signed in and a member of the workspace in the address. Made by <see cref="Gate"/>;
/// every page and act of this room begins with it.
/// </summary>
public sealed class Visit : PageRequest
{
    internal Visit(HttpContext http, SignedIn who, Member me, WorkspaceContext workspace, Actor actor, IFormCollection form)
        : base(http, form) => (Who, Me, Workspace, Actor) = (who, me, workspace, actor);

    private Visit(Visit of, IFormCollection form, bool restored)
        : this(of.Http, of.Who, of.Me, of.Workspace, of.Actor, form) => IsRestored = restored;

    /// <summary>Whether the form was kept while the person proved who they are (<see cref="Draft"/>), and is to be sent again.</summary>
    public bool IsRestored { get; }

    /// <summary>Who is signed in.</summary>
    public SignedIn Who { get; }

    /// <summary>The session that sends it.</summary>
    public Session Session => Who.Session;

    /// <summary>The person.</summary>
    public Account Account => Who.Account;

    /// <summary>The person in this workspace.</summary>
    public Member Me { get; }

    /// <summary>The workspace.</summary>
    public WorkspaceContext Workspace { get; }

    /// <summary>Who acts, with what permissions.</summary>
    public Actor Actor { get; }

    /// <summary>The workspace's configuration.</summary>
    public WorkspaceConfiguration Configuration => Workspace.Configuration;

    /// <summary>The workspace's words.</summary>
    public Terms Terms => Workspace.Configuration.Terms;

    /// <summary>What the pages call things here.</summary>
    public Words Words => Workspace.Configuration.Words;

    /// <summary>One of those words, with the workspace's own in it.</summary>
    public string Say(string word) => Workspace.Configuration.Say(word);

    /// <summary>The time of this request.</summary>
    public DateTimeOffset Now => Act<Store>().Time.Now();

    /// <summary>A path of this workspace.</summary>
    /// <param name="below">What follows, beginning with a slash; empty for the workspace's start page.</param>
    public string Path(string below = "") => $"/w/{Workspace.Row.Slug}{below}";

    /// <summary>A posted field without the blanks around it; empty when it was not sent.</summary>
    public override string Field(string name) => base.Field(name).Trim();

    /// <summary>The version on which a posted form is based (<c>version</c>); 0, which nothing has, where it names none.</summary>
    public long Seen => long.TryParse(Field("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? seen : 0;

    /// <summary>Whether a tick box was ticked.</summary>
    public bool Ticked(string name) => Form[name].Contains("true");

    /// <summary>The id in the address; the empty id, which names nothing, when it is none.</summary>
    public Id<T> RouteId<T>() => Id<T>.TryParse(Http.GetRouteValue("id") as string, out var id) ? id : default;

    /// <summary>A value of the query; null when it is missing or longer than any that a page makes.</summary>
    public override string? Query(string name) => base.Query(name) is { Length: > 0 and <= 4096 } value ? value : null;

    /// <summary>The same request with a form that was kept.</summary>
    internal Visit With(IFormCollection kept) => new(this, kept, restored: true);

    /// <summary>The same request with the form that it posted.</summary>
    internal Visit Posted(IFormCollection form) => new(this, form, restored: false);

    /// <summary>Leaves a sentence for the next page.</summary>
    public void Leave(Note note) => NoteCookie.Write(Http, Act<IDataProtectionProvider>(), Session.Id, note);

    /// <summary>The sentence that the last page left; null for none.</summary>
    public Note? Take() => NoteCookie.Take(Http, Act<IDataProtectionProvider>(), Session.Id);
}
