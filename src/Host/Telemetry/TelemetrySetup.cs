using System.Diagnostics;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using UserManagement.Membership;
using UserManagement.Storage;

namespace UserManagement.Host.Telemetry;

/// <summary>
/// Traces and metrics by OpenTelemetry, exported by OTLP where the settings name a receiver; nothing is registered where they do not.
/// An address may hold a secret (an invitation's link, a one-time link), so no tag holds a path or a query: the route stands for them.
/// </summary>
internal static class TelemetrySetup
{
    /// <summary>Registers them.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, TelemetrySettings? settings)
    {
        if (settings is null)
        {
            return services;
        }

        services.AddSingleton<InstallationGauges>().AddHostedService(provider => provider.GetRequiredService<InstallationGauges>());
        services
            .AddOpenTelemetry()
            .ConfigureResource(resource =>
                resource.AddService("usermanagement", serviceVersion: typeof(TelemetrySetup).Assembly.GetName().Version?.ToString(3))
            )
            .WithTracing(tracing =>
                tracing
                    .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(settings.Share)))
                    .AddAspNetCoreInstrumentation(o =>
                        o.EnrichWithHttpResponse = (activity, response) => ShowRoute(activity, response.HttpContext)
                    )
                    .AddHttpClientInstrumentation(o =>
                        o.EnrichWithHttpRequestMessage = (activity, request) => activity.SetTag("url.full", Origin(request.RequestUri))
                    )
                    .AddSource(StorageTelemetry.Name)
                    .AddOtlpExporter(o => Export(o, settings, "v1/traces"))
            )
            .WithMetrics(metrics =>
                metrics
                    .AddAspNetCoreInstrumentation()
                    .AddHttpClientInstrumentation()
                    .AddRuntimeInstrumentation()
                    .AddMeter(MembershipMeter.Name, InstallationGauges.MeterName, StorageTelemetry.Name)
                    .AddOtlpExporter(o => Export(o, settings, "v1/metrics"))
            );
        return services;
    }

    private static void Export(OtlpExporterOptions options, TelemetrySettings settings, string path)
    {
        options.Protocol = settings.OverHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        options.Endpoint = settings.OverHttp ? new Uri(settings.Endpoint.AbsoluteUri.TrimEnd('/') + "/" + path) : settings.Endpoint;
    }

    private static void ShowRoute(Activity activity, HttpContext http)
    {
        var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";
        activity.SetTag("url.path", route);
        activity.SetTag("url.query", null);
        activity.SetTag("http.target", null);
        activity.DisplayName = $"{http.Request.Method} {route}";
    }

    private static string? Origin(Uri? address) => address?.GetLeftPart(UriPartial.Authority);
}
