using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using UserManagement.Identity.SecondFactor;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Ui;

namespace UserManagement.Identity.Http;

/// <summary>
/// What every request to the door passes: for links and forms the limit of its address, for forms a readable body and a
/// valid antiforgery token; who is signed in but owes a second factor gets to no page but the one on which it is proven;
/// no answer is stored by anybody.
/// </summary>
internal static class Gate
{
    /// <summary>A page that is read.</summary>
    public static RequestDelegate Page(Func<Visit, Task<IResult>> page) => PageGate.Answer(http => page(new(http, FormCollection.Empty)));

    /// <summary>A page behind a link with a secret.</summary>
    public static RequestDelegate Link(Func<Visit, Task<IResult>> page) =>
        PageGate.Answer(http =>
            Limits(http).MayOpen(http.Connection.RemoteIpAddress) ? page(new(http, FormCollection.Empty)) : Task.FromResult(TooMany(http))
        );

    /// <summary>A page for somebody who is signed in and owes nothing.</summary>
    public static RequestDelegate Person(Func<Visit, Task<IResult>> page) =>
        Page(visit => Led(visit) is { } elsewhere ? Task.FromResult(elsewhere) : page(visit));

    /// <summary>A page on which somebody who is signed in pays what they owe: the second factor, or a new proof.</summary>
    public static RequestDelegate Half(Func<Visit, Task<IResult>> page) =>
        Page(visit => visit.Who is null ? Task.FromResult(visit.ToSignIn()) : page(visit));

    /// <summary>A page of something sensitive: the proof of who one is must be new.</summary>
    public static RequestDelegate FreshPerson(Func<Visit, Task<IResult>> page) =>
        Person(visit =>
            Owed.IsStale(visit, visit.Who!) ? Task.FromResult(Visit.SeeOther(Owed.With(Owed.Again, Owed.Here(visit)))) : page(visit)
        );

    /// <summary>A page of setting up a second factor: as <see cref="FreshPerson"/>, but for who has nothing yet to prove it by.</summary>
    public static RequestDelegate SetUpPerson(Func<Visit, Task<IResult>> page) =>
        Person(async visit =>
            await Owed.IsStaleForSetUpAsync(visit, visit.Who!) ? Visit.SeeOther(Owed.With(Owed.Again, Owed.Here(visit))) : await page(visit)
        );

    /// <summary>A form that is posted.</summary>
    public static RequestDelegate Form(Func<Visit, Task<IResult>> act) => Form(_ => null, act);

    /// <summary>
    /// A form that another site lets the browser post: it changes nothing and opens nothing, it only says where to go on.
    /// </summary>
    public static RequestDelegate FormOfAnotherSite(Func<Visit, Task<IResult>> act) => Form(_ => null, act, fromAnotherSite: true);

    /// <summary>A form posted by somebody who is signed in and owes nothing.</summary>
    public static RequestDelegate PersonForm(Func<Visit, Task<IResult>> act) => Form(Led, act);

    /// <summary>A form by which somebody who is signed in pays what they owe.</summary>
    public static RequestDelegate HalfForm(Func<Visit, Task<IResult>> act) =>
        Form(visit => visit.Who is null ? visit.ToSignIn() : null, act);

    /// <summary>A form of something sensitive.</summary>
    /// <param name="page">Where one comes back to after the new proof, to send it again.</param>
    /// <param name="act">The act.</param>
    public static RequestDelegate FreshForm(string page, Func<Visit, Task<IResult>> act) =>
        PersonForm(visit => Owed.IsStale(visit, visit.Who!) ? Task.FromResult(Visit.SeeOther(Owed.With(Owed.Again, page))) : act(visit));

    /// <summary>A form of setting up a second factor, see <see cref="SetUpPerson"/>.</summary>
    public static RequestDelegate SetUpForm(string page, Func<Visit, Task<IResult>> act) =>
        PersonForm(async visit =>
            await Owed.IsStaleForSetUpAsync(visit, visit.Who!) ? Visit.SeeOther(Owed.With(Owed.Again, page)) : await act(visit)
        );

    private static IResult? Led(Visit visit) =>
        visit.Who switch
        {
            null => visit.ToSignIn(),
            { Demand: not RequiredAction.None and var demand } => Visit.SeeOther(
                Owed.Path(demand, Owed.Here(visit, visit.Slug is { } slug ? "/w/" + slug : "/"), visit.Slug)
            ),
            _ => null,
        };

    /// <summary>Who may not post is led elsewhere before the body is read.</summary>
    private static RequestDelegate Form(Func<Visit, IResult?> elsewhere, Func<Visit, Task<IResult>> act, bool fromAnotherSite = false) =>
        PageGate.Answer(async http =>
            !Limits(http).MayPost(http.Connection.RemoteIpAddress)
                ? TooMany(http)
                : elsewhere(new(http, FormCollection.Empty))
                    ?? await PageGate.PostedAsync(http, form => act(new(http, form)), fromAnotherSite)
        );

    private static AddressLimits Limits(HttpContext http) => http.RequestServices.GetRequiredService<AddressLimits>();

    private static IResult TooMany(HttpContext http) => PageGate.TooMany(http, 60);
}
