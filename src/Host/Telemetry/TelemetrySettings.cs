namespace UserManagement.Host.Telemetry;

/// <summary>Where traces and metrics go.</summary>
/// <param name="Endpoint">An OTLP receiver, as <c>http://localhost:4317</c> (gRPC) or <c>http://localhost:4318</c> (HTTP).</param>
/// <param name="OverHttp">Whether it is spoken to by HTTP with protobuf instead of gRPC.</param>
/// <param name="Share">Which share of the requests is traced, 0 to 1; of a request that comes with a sampled trace every one is.</param>
public sealed record TelemetrySettings(Uri Endpoint, bool OverHttp, double Share);
